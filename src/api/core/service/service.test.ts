import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tableOf } from '../../table.ts';
import { fromYaml, said } from '../../testObjects.ts';
import { validateCreate, validateUpdate } from '../../validate.ts';
import { service } from './kind.ts';

const wrong = (spec: string) => said(validateCreate(service, fromYaml(service, `{ spec: ${spec} }`)));

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

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
      '{ type: LoadBalancer, ports: [{ port: 10250 }] }',
      'spec.ports[0].port: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet',
    ],
    [
      '{ type: ExternalName, externalName: my_db }',
      'spec.externalName: Invalid value: "my_db": ' + subdomain,
    ],
    [
      '{ ports: [{ port: 80 }], ipFamilies: [IPv4, IPv4], ipFamilyPolicy: PreferDualStack }',
      'spec.ipFamilies[1]: Duplicate value: "IPv4"',
    ],
    [
      '{ ports: [{ port: 80 }], ipFamilies: [IPv7] }',
      'spec.ipFamilies[0]: Unsupported value: "IPv7": supported values: "IPv4", "IPv6"',
    ],
    [
      '{ type: LoadBalancer, ports: [{ port: 80 }], loadBalancerSourceRanges: [10.0.0.0] }',
      'spec.loadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      '{ type: LoadBalancer, ports: [{ port: 80 }], healthCheckNodePort: 31000 }',
      "spec.healthCheckNodePort: Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
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

describe('a Service keeps for life', () => {
  const change = (before: string, after: string) => {
    const of = (spec: string) => fromYaml(service, `{ spec: { ports: [{ port: 80 }], ${spec} } }`);
    return said(validateUpdate(service, of(after), of(before)));
  };
  const health = 'type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort:';

  test('its first family', () =>
    assert.deepEqual(change('ipFamilies: [IPv4]', 'ipFamilies: [IPv6]'), [
      'spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set',
    ]));
  test('the port of its health checks, while it has one', () => {
    assert.deepEqual(change(`${health} 31000`, `${health} 31001`), [
      'spec.healthCheckNodePort: Invalid value: 31001: cannot change healthCheckNodePort on loadBalancer service with externalTraffic=Local during update',
    ]);
    assert.deepEqual(change(`${health} 31000`, 'type: NodePort'), []);
  });
  test('the class of its load balancer, while it has one', () => {
    assert.deepEqual(
      change('type: LoadBalancer, loadBalancerClass: a', 'type: LoadBalancer, loadBalancerClass: b'),
      ['spec.loadBalancerClass: Invalid value: "b": may not change once set'],
    );
    assert.deepEqual(change('type: LoadBalancer', 'type: ClusterIP'), []);
  });
});

describe('the status of a load balancer', () => {
  const status = (ingress: string, type = 'LoadBalancer') => {
    const of = (more: string) =>
      fromYaml(service, `{ spec: { type: ${type}, ports: [{ port: 80 }] }${more} }`);
    return said(
      validateUpdate(service, of(`, status: { loadBalancer: { ingress: [${ingress}] } }`), of(''), 'status'),
    );
  };

  test('has addresses, which are virtual unless it says otherwise, or names', () => {
    for (const good of [
      '{ ip: 172.30.15.1 }',
      '{ ip: "fd30::1", ipMode: Proxy }',
      '{ hostname: lb.example.com }',
    ])
      assert.deepEqual(status(good), []);
  });
  for (const [ingress, message] of [
    [
      '{ ip: web }',
      'ip: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    ['{ ip: 1.2.3.4, ipMode: X }', 'ipMode: Unsupported value: "X": supported values: "Proxy", "VIP"'],
    ['{ hostname: a.b, ipMode: VIP }', 'ipMode: Forbidden: may not be specified when `ip` is not set'],
    ['{ hostname: 1.2.3.4 }', 'hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
  ] as const) {
    test(`is not ${ingress}`, () =>
      assert.deepEqual(status(ingress), [`status.loadBalancer.ingress[0].${message}`]));
  }
  test('is none of another type', () =>
    assert.deepEqual(status('{ ip: 172.30.15.1 }', 'NodePort'), [
      'status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is "LoadBalancer"',
    ]));
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
