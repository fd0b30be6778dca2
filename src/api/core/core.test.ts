import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lease } from '../coordination/lease/kind.ts';
import { endpointSlice } from '../discovery/endpointslice/kind.ts';
import type { Kind } from '../kind.ts';
import { tableOf } from '../table.ts';
import { fromYaml, said } from '../testObjects.ts';
import type { KubeObject } from '../types.ts';
import { validateCreate, validateUpdate } from '../validate.ts';
import { configMap } from './configmap/kind.ts';
import { endpoints } from './endpoints/kind.ts';
import { event } from './event/kind.ts';
import { node } from './node/kind.ts';
import { secret } from './secret/kind.ts';

const wrong = <T extends KubeObject>(kind: Kind<T>, yaml: string) =>
  said(validateCreate(kind, fromYaml(kind, `{ ${yaml} }`)));

const change = <T extends KubeObject>(kind: Kind<T>, before: string, after: string) =>
  said(validateUpdate(kind, fromYaml(kind, `{ ${after} }`), fromYaml(kind, `{ ${before} }`)));

const now = Date.parse('2026-01-01T00:10:00Z');

const printed = <T extends KubeObject>(kind: Kind<T>, yaml: string) =>
  tableOf(kind as Kind, [fromYaml(kind, `{ ${yaml} }`)], now).rows[0]?.cells.join(' | ');

describe('a ConfigMap', () => {
  test('has keys that are file names, each once', () => {
    assert.deepEqual(wrong(configMap, 'data: { nginx.conf: x }, binaryData: { logo: AAAA }'), []);
    assert.match(
      wrong(configMap, 'data: { a/b: x }')[0] ?? '',
      /^data\[a\/b\]: Invalid value: "a\/b": a valid config key must/,
    );
    assert.deepEqual(wrong(configMap, 'data: { a: x }, binaryData: { a: AAAA }'), [
      'data[a]: Invalid value: "a": duplicate of key present in binaryData',
    ]);
  });

  test('holds a mebibyte and no more', () => {
    assert.deepEqual(wrong(configMap, `data: { a: ${'x'.repeat(1024 * 1024)} }`), []);
    assert.deepEqual(wrong(configMap, `data: { a: ${'x'.repeat(1024 * 1024)}, b: x }`), [
      '[]: Too long: may not be more than 1048576 bytes',
    ]);
  });

  test('that is immutable stays so, with all that it holds', () => {
    const fixed = 'immutable: true, data: { a: x }';
    assert.deepEqual(
      change(configMap, fixed, 'immutable: true, data: { a: x }, metadata: { labels: { a: b } }'),
      [],
    );
    assert.deepEqual(change(configMap, fixed, 'data: { a: y }'), [
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
  });
});

describe('a Secret', () => {
  test('has the keys that its type promises', () => {
    assert.deepEqual(wrong(secret, 'stringData: { any: thing }'), []);
    assert.deepEqual(wrong(secret, 'type: kubernetes.io/tls, stringData: { tls.crt: x }'), [
      'data[tls.key]: Required value',
    ]);
    assert.deepEqual(wrong(secret, 'type: kubernetes.io/service-account-token'), [
      'metadata.annotations[kubernetes.io/service-account.name]: Required value',
    ]);
    assert.match(
      wrong(secret, 'type: kubernetes.io/dockerconfigjson, stringData: { .dockerconfigjson: "{" }')[0] ?? '',
      /^data\[\.dockerconfigjson\]: Invalid value: "<secret contents redacted>"/,
    );
  });

  test('keeps its type', () => {
    assert.deepEqual(change(secret, 'type: a', 'type: b'), ['type: Invalid value: "b": field is immutable']);
  });

  test('is printed without what it holds', () => {
    assert.equal(printed(secret, 'stringData: { a: x, b: y }'), 'web | Opaque | 2 | <unknown>');
  });
});

describe('an EndpointSlice', () => {
  test('has addresses of its type', () => {
    assert.deepEqual(
      wrong(
        endpointSlice,
        'addressType: IPv4, endpoints: [{ addresses: [10.244.1.2] }], ports: [{ port: 80 }, { name: a }]',
      ),
      [],
    );
    assert.deepEqual(wrong(endpointSlice, 'endpoints: []'), ['addressType: Required value']);
    assert.deepEqual(wrong(endpointSlice, 'addressType: IPv4, endpoints: [{ addresses: ["fd44::2"] }]'), [
      'endpoints[0].addresses[0]: Invalid value: "fd44::2": must be a valid IPv4 address',
    ]);
    assert.deepEqual(wrong(endpointSlice, 'addressType: IPv4, endpoints: [{ addresses: [] }]'), [
      'endpoints[0].addresses: Required value: must contain at least 1 address',
    ]);
    assert.deepEqual(
      wrong(endpointSlice, 'addressType: FQDN, endpoints: [{ addresses: [a.example.com] }]'),
      [],
    );
  });

  const refusals: Record<string, string> = {
    'addressType: IP, endpoints: [{ addresses: [10.1.1.1] }]':
      'addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"',
    'addressType: IPv4, endpoints: [{ addresses: [127.0.0.1] }]':
      'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    'addressType: IPv6, endpoints: [{ addresses: ["::"] }]':
      'endpoints[0].addresses[0]: Invalid value: "::": may not be unspecified (::)',
    'addressType: IPv6, endpoints: [{ addresses: [a.b] }]':
      'endpoints[0].addresses[0]: Invalid value: "a.b": must be a valid IPv6 address',
    'addressType: FQDN, endpoints: [{ addresses: [localhost.] }]':
      'endpoints[0].addresses[0]: Invalid value: "localhost": should be a domain with at least two segments separated by dots',
    'addressType: IPv4, ports: [{ port: 80 }, { port: 81 }]': 'ports[1].name: Duplicate value: ""',
    'addressType: IPv4, ports: [{ port: 80, protocol: HTTP }]':
      'ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    'addressType: IPv4, endpoints: [{ addresses: [10.1.1.1], hints: { forZones: [{ name: a }, { name: a }] } }]':
      'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
    [`addressType: IPv4, endpoints: [{ addresses: [10.1.1.1], hints: { forNodes: [${Array(9).fill('{ name: a }').join()}] } }]`]:
      'endpoints[0].hints.forNodes: Too many: 9: must have at most 8 items',
    [`addressType: IPv4, endpoints: [${Array(1001).fill('{ addresses: [x] }').join()}]`]:
      'endpoints: Too many: 1001: must have at most 1000 items',
  };
  for (const [yaml, message] of Object.entries(refusals))
    test(`is refused: ${message}`, () => assert.deepEqual(wrong(endpointSlice, yaml), [message]));

  test('is warned of when it has names, or addresses that others write otherwise', () => {
    const heard = (yaml: string) => endpointSlice.warnings?.(fromYaml(endpointSlice, `{ ${yaml} }`));
    const of = (address: string, more = '') =>
      heard(`${more} addressType: IPv6, endpoints: [{ addresses: ["${address}"] }]`);
    assert.deepEqual(heard('addressType: FQDN, endpoints: [{ addresses: [a.b] }]'), [
      'spec.addressType: FQDN endpoints are deprecated',
    ]);
    assert.deepEqual(of('FD44::2'), [
      'endpoints[0].addresses[0]: IPv6 address "FD44::2" should be in RFC 5952 canonical format ("fd44::2")',
    ]);
    assert.deepEqual(of('fd44::2'), []);
    const controller = 'endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io';
    assert.deepEqual(of('FD44::2', `metadata: { labels: { ${controller} } },`), []);
  });

  test('keeps its type of addresses', () => {
    assert.deepEqual(change(endpointSlice, 'addressType: IPv4', 'addressType: IPv6'), [
      'addressType: Invalid value: "IPv6": field is immutable',
    ]);
  });

  test('is printed with three addresses and how many there are more', () => {
    const endpoint = (n: number) => `{ addresses: [10.244.1.${n}] }`;
    assert.equal(
      printed(
        endpointSlice,
        `addressType: IPv4, endpoints: [${[1, 2, 3, 4, 5].map(endpoint).join()}], ports: [{ port: 80 }]`,
      ),
      'web | IPv4 | 80 | 10.244.1.1,10.244.1.2,10.244.1.3 + 2 more... | <unknown>',
    );
    assert.equal(printed(endpointSlice, 'addressType: IPv4'), 'web | IPv4 | <unset> | <unset> | <unknown>');
  });
});

describe('Endpoints', () => {
  test('have addresses and ports that can be told apart', () => {
    assert.deepEqual(
      wrong(endpoints, 'subsets: [{ addresses: [{ ip: 10.1.1.1 }], ports: [{ port: 80 }] }]'),
      [],
    );
    assert.deepEqual(wrong(endpoints, 'subsets: [{ ports: [{ port: 80 }] }]'), [
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    ]);
    assert.deepEqual(
      wrong(
        endpoints,
        'subsets: [{ addresses: [{ ip: 10.1.1.1 }], ports: [{ name: a, port: 80 }, { port: 81 }] }]',
      ),
      ['subsets[0].ports[1].name: Required value'],
    );
  });

  test('have addresses that mean the same on every node', () => {
    const at = 'subsets: [{ notReadyAddresses: [';
    assert.deepEqual(wrong(endpoints, `${at}{ ip: 169.254.169.254 }] }]`), [
      'subsets[0].notReadyAddresses[0].ip: Invalid value: "169.254.169.254": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ]);
    assert.match(
      wrong(endpoints, `${at}{ ip: 10.1.1.1, nodeName: A }] }]`)[0] ?? '',
      /^subsets\[0\]\.notReadyAddresses\[0\]\.nodeName: Invalid value: "A": a lowercase RFC 1123 subdomain/,
    );
  });

  test('are printed as address and port', () => {
    assert.equal(
      printed(
        endpoints,
        'subsets: [{ addresses: [{ ip: 10.1.1.1 }, { ip: "fd44::1" }], ports: [{ port: 80 }] }]',
      ),
      'web | 10.1.1.1:80,[fd44::1]:80 | <unknown>',
    );
    assert.equal(printed(endpoints, ''), 'web | <none> | <unknown>');
  });
});

describe('a Node', () => {
  test('keeps the range that its pods have their addresses from', () => {
    const range = (cidr: string) => `spec: { podCIDR: ${cidr}, podCIDRs: [${cidr}] }`;
    assert.deepEqual(change(node, 'spec: {}', range('10.244.0.0/24')), []);
    assert.deepEqual(change(node, range('10.244.0.0/24'), range('10.244.1.0/24')), [
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ]);
  });

  test('has taints with an effect, each once', () => {
    assert.deepEqual(wrong(node, 'spec: { taints: [{ key: a, effect: Never }] }'), [
      'spec.taints[0].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "PreferNoSchedule"',
    ]);
    assert.deepEqual(
      wrong(
        node,
        'spec: { taints: [{ key: a, effect: NoExecute }, { key: a, effect: NoExecute, value: b }] }',
      ),
      ['spec.taints[1]: Duplicate value: "a:NoExecute"'],
    );
  });

  test('is printed with its roles and versions', () => {
    const yaml = `
      metadata: { name: node-1, labels: { node-role.kubernetes.io/control-plane: "", kubernetes.io/role: edge } },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: Ready, status: "True" }],
        addresses: [{ type: InternalIP, address: 172.30.0.2 }],
        nodeInfo: { kubeletVersion: v1.36.0, osImage: Debian, kernelVersion: "6.1", containerRuntimeVersion: crun://1 }
      }`;
    assert.equal(
      printed(node, yaml),
      'node-1 | Ready,SchedulingDisabled | control-plane,edge | <unknown> | v1.36.0 | 172.30.0.2 | <none> | Debian | 6.1 | crun://1',
    );
    assert.match(printed(node, 'metadata: { name: n }') ?? '', /^n \| Unknown \| <none>/);
  });
});

describe('an Event', () => {
  const about = (namespace: string) => `involvedObject: { kind: Pod, name: web-0, namespace: ${namespace} }`;

  test('stands in the namespace of what it is about', () => {
    assert.deepEqual(wrong(event, about('default')), []);
    assert.deepEqual(wrong(event, 'involvedObject: { kind: Node, name: node-1 }'), []);
    assert.deepEqual(wrong(event, about('shop')), [
      'involvedObject.namespace: Invalid value: "shop": does not match event.namespace',
    ]);
  });

  test('is printed with when it was seen last', () => {
    assert.equal(
      printed(
        event,
        `${about('default')}, type: Warning, reason: BackOff, message: " back-off ", count: 3, firstTimestamp: "2026-01-01T00:00:00Z", lastTimestamp: "2026-01-01T00:09:00Z", source: { component: kubelet, host: node-1 }`,
      ),
      '60s | Warning | BackOff | pod/web-0 |  | kubelet, node-1 | back-off | 10m | 3 | web',
    );
    assert.match(
      printed(
        event,
        `${about('default')}, eventTime: "2026-01-01T00:00:00.000000Z", series: { count: 7, lastObservedTime: "2026-01-01T00:09:30.000000Z" }`,
      ) ?? '',
      /^30s .* \| 10m \| 7 \| web$/,
    );
  });

  test('is forgotten after an hour', () => {
    assert.equal(event.ttlSeconds, 3600);
  });
});

test('a Lease lasts longer than no time', () => {
  assert.deepEqual(wrong(lease, 'spec: { leaseDurationSeconds: 0 }'), [
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
  ]);
  assert.equal(printed(lease, 'spec: { holderIdentity: node-1 }'), 'web | node-1 | <unknown>');
});
