import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tableOf } from '../../table.ts';
import { fromYaml, said } from '../../testObjects.ts';
import { validateCreate, validateUpdate } from '../../validate.ts';
import { service } from './kind.ts';

const wrong = (spec: string) => said(validateCreate(service, fromYaml(service, `{ spec: ${spec} }`)));

describe('a Service is fine', () => {
  const good = [
    '{ selector: { app: web }, ports: [{ port: 80, targetPort: http }] }',
    '{ type: NodePort, ports: [{ port: 80, nodePort: 30080 }] }',
    '{ clusterIP: None }',
    '{ clusterIP: None, clusterIPs: [None], ports: [{ port: 80 }] }',
    '{ type: ExternalName, externalName: db.example.com. }',
    '{ clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10, "fd96::a"], ports: [{ name: dns, port: 53, protocol: UDP }, { name: dns-tcp, port: 53 }] }',
    '{ type: LoadBalancer, ports: [{ port: 80 }], loadBalancerSourceRanges: [10.0.0.0/8], externalTrafficPolicy: Local, healthCheckNodePort: 31000 }',
    '{ sessionAffinity: ClientIP, ports: [{ port: 80 }], externalIPs: [203.0.113.5] }',
  ];
  for (const spec of good)
    test(spec, () => {
      assert.deepEqual(wrong(spec), []);
    });
});

describe('a Service is refused', () => {
  const bad: [string, string][] = [
    ['{}', 'spec.ports: Required value'],
    [
      '{ type: Internal, ports: [{ port: 80 }] }',
      'spec.type: Unsupported value: "Internal": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      '{ ports: [{ port: 0, targetPort: 80 }] }',
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    [
      '{ ports: [{ port: 80, protocol: HTTP }] }',
      'spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      '{ ports: [{ port: 80, targetPort: 70000 }] }',
      'spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    ['{ ports: [{ name: a, port: 80 }, { port: 81 }] }', 'spec.ports[1].name: Required value'],
    ['{ ports: [{ name: a, port: 80 }, { name: a, port: 81 }] }', 'spec.ports[1].name: Duplicate value: "a"'],
    [
      '{ ports: [{ name: a, port: 80 }, { name: b, port: 80 }] }',
      'spec.ports[1]: Duplicate value: {"port":80,"protocol":"TCP"}',
    ],
    [
      '{ ports: [{ port: 80, nodePort: 30080 }] }',
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      '{ type: NodePort, ports: [{ name: a, port: 80, nodePort: 30080 }, { name: b, port: 81, nodePort: 30080 }] }',
      'spec.ports[1].nodePort: Duplicate value: 30080',
    ],
    [
      '{ type: NodePort, clusterIP: None, ports: [{ port: 80 }] }',
      'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
    ],
    [
      '{ clusterIP: 10.96.0, ports: [{ port: 80 }] }',
      'spec.clusterIPs[0]: Invalid value: "10.96.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    ['{ type: ExternalName }', 'spec.externalName: Required value'],
    [
      '{ type: ExternalName, externalName: a.b, clusterIP: 10.96.0.1 }',
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
    ],
    [
      '{ ports: [{ port: 80 }], sessionAffinity: Cookie }',
      'spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"',
    ],
    [
      '{ ports: [{ port: 80 }], sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 90000 } } }',
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 90000: must be greater than 0 and less than 86400',
    ],
    [
      '{ ports: [{ port: 80 }], externalIPs: [127.0.0.1] }',
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      '{ ports: [{ port: 80 }], externalTrafficPolicy: Local }',
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      '{ ports: [{ port: 80 }], loadBalancerSourceRanges: [10.0.0.0/8] }',
      "spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      '{ ports: [{ port: 80 }], internalTrafficPolicy: Near }',
      'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
  ];
  for (const [spec, message] of bad)
    test(`${spec}: ${message}`, () => {
      assert.deepEqual(wrong(spec), [message]);
    });
});

describe('a Service that exists', () => {
  const change = (before: string, after: string) =>
    said(
      validateUpdate(
        service,
        fromYaml(service, `{ spec: ${after} }`),
        fromYaml(service, `{ spec: ${before} }`),
      ),
    );

  test('keeps its address', () => {
    assert.deepEqual(
      change(
        '{ clusterIP: 10.96.0.5, ports: [{ port: 80 }] }',
        '{ clusterIP: 10.96.0.6, ports: [{ port: 80 }] }',
      ),
      ['spec.clusterIPs[0]: Invalid value: ["10.96.0.6"]: may not change once set'],
    );
  });

  test('may give it up to become a name, and may change its ports', () => {
    assert.deepEqual(
      change('{ clusterIP: 10.96.0.5, ports: [{ port: 80 }] }', '{ type: ExternalName, externalName: a.b }'),
      [],
    );
    assert.deepEqual(
      change(
        '{ clusterIP: 10.96.0.5, ports: [{ port: 80 }] }',
        '{ clusterIP: 10.96.0.5, ports: [{ port: 81 }] }',
      ),
      [],
    );
  });
});

describe('kubectl get services -o wide prints', () => {
  const cases: Record<string, string> = {
    'web | ClusterIP | 10.96.0.5 | <none> | 80/TCP | 5m | app=web,tier=front':
      '{ clusterIP: 10.96.0.5, clusterIPs: [10.96.0.5], selector: { tier: front, app: web }, ports: [{ port: 80 }] }',
    'web | NodePort | 10.96.0.5 | <none> | 80:30080/TCP,53/UDP | 5m | <none>':
      '{ type: NodePort, clusterIPs: [10.96.0.5], ports: [{ name: a, port: 80, nodePort: 30080 }, { name: b, port: 53, protocol: UDP }] }',
    'web | ClusterIP | None | <none> | <none> | 5m | <none>': '{ clusterIP: None, clusterIPs: [None] }',
    'web | LoadBalancer | 10.96.0.5 | <pending> | 80/TCP | 5m | <none>':
      '{ type: LoadBalancer, clusterIPs: [10.96.0.5], ports: [{ port: 80 }] }',
    'web | ExternalName | <none> | db.example.com | <none> | 5m | <none>':
      '{ type: ExternalName, externalName: db.example.com }',
  };
  for (const [line, spec] of Object.entries(cases))
    test(line, () => {
      const created = "metadata: { name: web, creationTimestamp: '2026-01-01T00:00:00Z' }";
      const object = fromYaml(service, `{ ${created}, spec: ${spec} }`);
      const [row] = tableOf(service, [object], Date.parse('2026-01-01T00:05:00Z')).rows;
      assert.equal(row?.cells.join(' | '), line);
    });

  test('the addresses that a load balancer was given', () => {
    const object = fromYaml(
      service,
      '{ spec: { type: LoadBalancer, ports: [{ port: 80 }], externalIPs: [10.1.1.1] }, status: { loadBalancer: { ingress: [{ ip: 172.30.15.1 }, { hostname: lb }] } } }',
    );
    assert.equal(tableOf(service, [object], 0).rows[0]?.cells[3], '172.30.15.1,lb,10.1.1.1');
  });
});
