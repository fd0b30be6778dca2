import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tableOf } from '../../table.ts';
import { fromYaml, said } from '../../testObjects.ts';
import { validateCreate, validateUpdate } from '../../validate.ts';
import { service } from './kind.ts';

const wrong = (spec: string) => said(validateCreate(service, fromYaml(service, `{ spec: ${spec} }`)));

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const dnsLabel =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const qualified =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValue =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

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
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
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
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      '{ type: LoadBalancer, ports: [{ port: 80 }], healthCheckNodePort: 31000 }',
      "spec.healthCheckNodePort: Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      '{ ports: [{ port: 80 }], externalIPs: [0.0.0.0] }',
      'spec.externalIPs[0]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
    ],
    [
      '{ ports: [{ port: 80 }], externalIPs: ["fe80::1"] }',
      'spec.externalIPs[0]: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      '{ ports: [{ port: 80 }], externalIPs: [010.1.1.1] }',
      'spec.externalIPs[0]: Invalid value: "010.1.1.1": must not have leading 0s',
    ],
    [
      '{ ports: [{ port: 80 }], externalIPs: ["::ffff:10.1.1.1"] }',
      'spec.externalIPs[0]: Invalid value: "::ffff:10.1.1.1": must not be an IPv4-mapped IPv6 address',
    ],
    ...Object.entries({
      '10.1.2.3/8': 'must not have bits set beyond the prefix length',
      '010.0.0.0/8': 'must not have leading 0s in IP or prefix length',
      '10.0.0.0/08': 'must not have leading 0s in IP or prefix length',
      '::ffff:10.0.0.0/104': 'must not have an IPv4-mapped IPv6 address',
    }).map(([range, why]): [string, string] => [
      `{ type: LoadBalancer, ports: [{ port: 80 }], loadBalancerSourceRanges: ["${range}"] }`,
      `spec.LoadBalancerSourceRanges[0]: Invalid value: "${range}": ${why}`,
    ]),
    [
      '{ ports: [{ port: 80 }], externalIPs: [here] }',
      'spec.externalIPs[0]: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      '{ ports: [{ port: 80 }], clusterIPs: [10.96.0.5] }',
      'spec.clusterIPs: Invalid value: ["10.96.0.5"]: must be empty when `clusterIP` is not specified',
    ],
    [
      '{ ports: [{ port: 80 }], clusterIP: 10.96.0.5, clusterIPs: [10.96.0.6] }',
      'spec.clusterIPs: Invalid value: ["10.96.0.6"]: first value must match `clusterIP`',
    ],
    [
      '{ ports: [{ port: 80 }], clusterIP: 10.96.0.5, clusterIPs: [10.96.0.5, 10.96.0.6] }',
      'spec.clusterIPs: Invalid value: ["10.96.0.5","10.96.0.6"]: may specify no more than one IP for each IP family',
    ],
    [
      '{ ports: [{ port: 80 }], clusterIP: 10.96.0.5, ipFamilies: [IPv6] }',
      'spec.clusterIPs[0]: Invalid value: "10.96.0.5": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ],
    [
      '{ ports: [{ port: 80 }], ipFamilyPolicy: Both }',
      'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
    ],
    [
      '{ ports: [{ port: 80 }], sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }',
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400',
    ],
    [
      '{ ports: [{ port: 80 }], trafficDistribution: PreferFar }',
      'spec.trafficDistribution: Unsupported value: "PreferFar": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
    [
      '{ type: NodePort, externalTrafficPolicy: Near, ports: [{ port: 80 }] }',
      'spec.externalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
    [
      '{ ports: [{ port: 80 }], loadBalancerClass: a/b }',
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      '{ type: LoadBalancer, loadBalancerClass: "a b", ports: [{ port: 80 }] }',
      `spec.loadBalancerClass: Invalid value: "a b": name part ${qualified}`,
    ],
    [
      '{ type: NodePort, ports: [{ port: 80 }], allocateLoadBalancerNodePorts: false }',
      "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      '{ type: ExternalName, externalName: a.b, ipFamilies: [IPv4] }',
      'spec.ipFamilies: Forbidden: may not be set for ExternalName services',
    ],
    ['{ ports: [{ name: Http, port: 80 }] }', `spec.ports[0].name: Invalid value: "Http": ${dnsLabel}`],
    [
      '{ ports: [{ port: 80, targetPort: this-is-far-too-long }] }',
      'spec.ports[0].targetPort: Invalid value: "this-is-far-too-long": must be no more than 15 bytes',
    ],
    [
      '{ ports: [{ port: 80, appProtocol: "a b" }] }',
      `spec.ports[0].appProtocol: Invalid value: "a b": name part ${qualified}`,
    ],
    [
      '{ ports: [{ port: 80 }], selector: { app: "a b" } }',
      `spec.selector: Invalid value: "a b": ${labelValue}`,
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

describe('annotations of a Service', () => {
  const annotated = (annotations: string, type = 'ClusterIP') =>
    said(
      validateCreate(
        service,
        fromYaml(
          service,
          `{ metadata: { annotations: ${annotations} }, spec: { type: ${type}, ports: [{ port: 80 }] } }`,
        ),
      ),
    );
  const ranges = 'service.beta.kubernetes.io/load-balancer-source-ranges';
  const [mode, hints] = ['service.kubernetes.io/topology-mode', 'service.kubernetes.io/topology-aware-hints'];

  test('have source ranges as the field has them', () => {
    assert.deepEqual(annotated(`{ ${ranges}: "10.0.0.0/8, fd00::/8" }`, 'LoadBalancer'), []);
    assert.deepEqual(annotated(`{ ${ranges}: "10.0.0.0" }`, 'LoadBalancer'), [
      `metadata.annotations[${ranges}]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
    ]);
    assert.deepEqual(annotated(`{ ${ranges}: "" }`), [
      `metadata.annotations[${ranges}]: Forbidden: may only be used when \`type\` is 'LoadBalancer'`,
    ]);
  });

  test('say one topology mode, not two', () => {
    assert.deepEqual(annotated(`{ ${mode}: Auto, ${hints}: Auto }`), []);
    assert.deepEqual(annotated(`{ ${mode}: Auto, ${hints}: Disabled }`), [
      `metadata.annotations[${mode}]: Invalid value: "Auto": must match annotations[${hints}] when both are specified`,
    ]);
  });
});

describe('people hear of a good Service', () => {
  const heard = (spec: string, annotations = '{}') =>
    service.warnings?.(
      fromYaml(
        service,
        `{ metadata: { annotations: ${annotations} }, spec: { ports: [{ port: 80 }], ${spec} } }`,
      ),
    );
  const cases: Record<string, string[]> = {
    'selector: { a: b }': [],
    'clusterIP: None, sessionAffinity: ClientIP, externalIPs: [203.0.113.5], loadBalancerIP: 203.0.113.5': [
      'spec.loadBalancerIP is ignored for headless services',
      'spec.externalIPs is ignored for headless services',
      'spec.SessionAffinity is ignored for headless services',
    ],
    'externalIPs: ["2001:DB8::1"]': [
      'spec.externalIPs[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    ],
    'type: ExternalName, externalName: a.b, externalIPs: [203.0.113.5]': [
      'spec.externalIPs is ignored when spec.type is "ExternalName"',
    ],
    'externalName: a.b': ['spec.externalName is ignored when spec.type is not "ExternalName"'],
    'trafficDistribution: PreferClose': [
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ],
  };
  for (const [spec, warnings] of Object.entries(cases))
    test(`${spec}: ${warnings.join(', ') || 'nothing'}`, () => assert.deepEqual(heard(spec), warnings));

  test('that an annotation has another name now', () =>
    assert.deepEqual(heard('', '{ service.kubernetes.io/topology-aware-hints: Auto }'), [
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    ]));
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
  test('the order of its families, unless it is headless', () => {
    const both = 'clusterIP: 10.96.0.5, clusterIPs: [10.96.0.5, "fd96::5"], ipFamilies:';
    assert.deepEqual(change(`${both} [IPv4, IPv6]`, `${both} [IPv6, IPv4]`).slice(-2), [
      'spec.ipFamilies[0]: Invalid value: ["IPv6","IPv4"]: may not change once set',
      'spec.ipFamilies[0]: Invalid value: ["IPv6","IPv4"]: may not change once set',
    ]);
    const none = 'clusterIP: None, ipFamilies:';
    assert.deepEqual(change(`${none} [IPv4]`, `${none} [IPv6]`), []);
  });
  test('having an address, or none', () => {
    assert.deepEqual(change('clusterIP: None', 'clusterIP: 10.96.0.5'), [
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.5"]: may not change once set',
    ]);
    assert.deepEqual(change('clusterIP: 10.96.0.5', 'clusterIP: None'), [
      'spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set',
    ]);
  });
  test('the port of its health checks, while it has one', () => {
    assert.deepEqual(change(`${health} 31000`, `${health} 31001`), [
      'spec.healthCheckNodePort: Forbidden: field is immutable',
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
      "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
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
