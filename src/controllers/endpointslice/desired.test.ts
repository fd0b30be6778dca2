import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointSlice, Pod, Service } from '../../api/types.ts';
import { aNode, aPod, aService, type PodWords } from '../testing/objects.ts';
import { type Desired, desired, label } from './desired.ts';

const nodeOf = (name: string) => {
  const node = aNode(name);
  node.metadata.labels = { 'topology.kubernetes.io/zone': `zone-of-${name}` };
  return node;
};
const plan = (service: Service, pods: Pod[], slices: EndpointSlice[] = []) =>
  desired({ service, pods, slices, nodeOf, shares: () => 'no node is known' });

let count = 0;
/** The slices as they stand after the plan was carried out. */
function after(plan: Desired, before: EndpointSlice[] = []): EndpointSlice[] {
  const kept = before
    .filter((slice) => !plan.remove.includes(slice))
    .map((slice) => plan.update.find((u) => u.metadata.name === slice.metadata.name) ?? slice);
  const made = plan.create.map((draft) => ({
    ...draft,
    metadata: { ...draft.metadata, name: `${draft.metadata.generateName}${count++}` },
  }));
  return [...kept, ...made];
}
const writes = ({ create, update, remove }: Desired) => [create.length, update.length, remove.length];
const many = (n: number, more: PodWords = {}) =>
  Array.from({ length: n }, (_, i) =>
    aPod({ name: `p${i}`, ip: `10.244.${i >> 8}.${i & 255}`, node: 'n1', ...more }),
  );

describe('the slices of a Service', () => {
  test('show a pod with its address, its place and its conditions', () => {
    const service = aService({}, { labels: { team: 'a' } });
    const { create } = plan(service, [aPod({ name: 'p', ip: '10.244.0.5', node: 'n1' })]);
    assert.equal(create.length, 1);
    const [slice] = create;
    assert.equal(slice?.addressType, 'IPv4');
    assert.equal(slice?.metadata.generateName, 'web-');
    assert.deepEqual(slice?.metadata.labels, {
      team: 'a',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    assert.equal(slice?.metadata.ownerReferences?.[0]?.uid, 'uid-service');
    assert.deepEqual(slice?.ports, [{ name: '', port: 8080, protocol: 'TCP' }]);
    assert.deepEqual(slice?.endpoints, [
      {
        addresses: ['10.244.0.5'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n1',
        targetRef: { kind: 'Pod', name: 'p', namespace: 'default', uid: 'uid-p' },
        zone: 'zone-of-n1',
      },
    ]);
  });

  const conditions: [string, PodWords, boolean, object | undefined][] = [
    ['a ready pod', {}, false, { ready: true, serving: true, terminating: false }],
    [
      'a pod that is not ready',
      { ready: false },
      false,
      { ready: false, serving: false, terminating: false },
    ],
    [
      'a pod that ends and still serves',
      { terminating: true },
      false,
      { ready: false, serving: true, terminating: true },
    ],
    [
      'a pod that ends',
      { terminating: true, ready: false },
      false,
      { ready: false, serving: false, terminating: true },
    ],
    [
      'a pod that is published anyway',
      { ready: false },
      true,
      { ready: true, serving: false, terminating: false },
    ],
    ['a pod that has ended', { phase: 'Succeeded', ready: false }, false, undefined],
  ];
  for (const [what, words, publishNotReadyAddresses, expected] of conditions)
    test(`say of ${what} ${expected ? JSON.stringify(expected) : 'nothing'}`, () => {
      const { create } = plan(aService({ publishNotReadyAddresses }), [aPod({ ip: '10.244.0.5', ...words })]);
      assert.deepEqual(create[0]?.endpoints?.[0]?.conditions, expected);
    });

  test('are one set for each family, with the address of that family', () => {
    const pods = [aPod({ ips: ['10.244.0.5', 'fd44::5'] })];
    const { create } = plan(aService({ ipFamilies: ['IPv4', 'IPv6'] }), pods);
    assert.deepEqual(
      create.map((s) => [s.addressType, s.endpoints?.[0]?.addresses]),
      [
        ['IPv4', ['10.244.0.5']],
        ['IPv6', ['fd44::5']],
      ],
    );
  });

  test('are apart for pods that serve a named port under different numbers', () => {
    const ports = (containerPort: number) => ({
      spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort }] }] },
    });
    const service = aService({ ports: [{ name: 'http', port: 80, targetPort: 'http' as never }] });
    const { create } = plan(service, [
      aPod({ name: 'a', ip: '10.244.0.1', ...ports(80) }),
      aPod({ name: 'b', ip: '10.244.0.2', ...ports(8080) }),
      aPod({ name: 'c', ip: '10.244.0.3', ...ports(80) }),
      aPod({ name: 'without', ip: '10.244.0.4' }),
    ]);
    assert.deepEqual(
      create.map((s) => [s.ports?.[0]?.port, s.endpoints?.length]),
      [
        [80, 2],
        [8080, 1],
      ],
    );
  });

  test('of a headless Service have its label, host names, and need no ports', () => {
    const service = aService({ clusterIP: 'None', ports: [] });
    const pod = aPod({ ip: '10.244.0.5', spec: { hostname: 'db-0', subdomain: 'web' } });
    const [slice] = plan(service, [pod]).create;
    assert.equal(slice?.metadata.labels?.[label.headless], '');
    assert.equal(slice?.endpoints?.[0]?.hostname, 'db-0');
    assert.deepEqual(slice?.ports, []);
  });

  test('hold at most a hundred endpoints each', () => {
    const { create } = plan(aService(), many(250));
    assert.deepEqual(
      create.map((s) => s.endpoints?.length),
      [100, 100, 50],
    );
  });

  test('are not written when nothing has changed', () => {
    const pods = many(150);
    const slices = after(plan(aService(), pods));
    assert.deepEqual(writes(plan(aService(), pods, slices)), [0, 0, 0]);
  });

  test('cost one write when one endpoint of many changes', () => {
    const pods = many(250);
    const slices = after(plan(aService(), pods));
    pods[120] = aPod({ name: 'p120', ip: '10.244.0.120', node: 'n1', ready: false });
    assert.deepEqual(writes(plan(aService(), pods, slices)), [0, 1, 0]);
  });

  test('cost one write when an endpoint is replaced by another', () => {
    const pods = many(250);
    const slices = after(plan(aService(), pods));
    pods[120] = aPod({ name: 'next', ip: '10.244.9.9', node: 'n1' });
    const next = plan(aService(), pods, slices);
    assert.deepEqual(writes(next), [0, 1, 0]);
    assert.equal(after(next, slices).flatMap((s) => s.endpoints ?? []).length, 250);
  });

  test('take new endpoints where there is room', () => {
    const slices = after(plan(aService(), many(150)));
    const next = plan(aService(), many(160), slices);
    assert.deepEqual(writes(next), [0, 1, 0]);
    assert.deepEqual(
      after(next, slices).map((s) => s.endpoints?.length),
      [100, 60],
    );
  });

  test('are one empty slice when there is no endpoint, and an update when one comes or goes', () => {
    const empty = after(plan(aService(), []));
    assert.deepEqual(
      empty.map((s) => [s.endpoints, s.ports]),
      [[[], []]],
    );
    assert.deepEqual(writes(plan(aService(), [], empty)), [0, 0, 0]);
    const filled = plan(aService(), many(1), empty);
    assert.deepEqual(writes(filled), [0, 1, 0]);
    assert.deepEqual(writes(plan(aService(), [], after(filled, empty))), [0, 1, 0]);
  });

  test('shrink to one when most endpoints go', () => {
    const slices = after(plan(aService(), many(250)));
    const next = plan(aService(), many(5), slices);
    assert.deepEqual(writes(next), [0, 1, 2]);
  });

  test('go when the Service becomes an ExternalName', () => {
    const slices = after(plan(aService(), many(1)));
    const external = aService({ type: 'ExternalName', clusterIP: '', ipFamilies: [] });
    assert.deepEqual(writes(plan(external, [], slices)), [0, 0, 1]);
  });

  test('get hints with one write each, and lose them where an endpoint is not ready', () => {
    const slices = after(plan(aService(), many(150)));
    const near = aService({ trafficDistribution: 'PreferSameZone' });
    const next = plan(near, many(150), slices);
    assert.deepEqual(writes(next), [0, 2, 0]);
    assert.deepEqual(next.update[1]?.endpoints?.[0]?.hints, { forZones: [{ name: 'zone-of-n1' }] });
    const now = after(next, slices);
    assert.deepEqual(writes(plan(near, many(150), now)), [0, 0, 0]);
    const pods = [aPod({ name: 'p0', ip: '10.244.0.0', node: 'n1', ready: false }), ...many(150).slice(1)];
    const last = plan(near, pods, now);
    assert.deepEqual(writes(last), [0, 1, 0]);
    assert.ok(!last.update[0]?.endpoints?.[0]?.hints);
  });

  test('follow the labels of the Service', () => {
    const slices = after(plan(aService(), many(1)));
    const next = plan(aService({}, { labels: { team: 'b' } }), many(1), slices);
    assert.equal(next.update[0]?.metadata.labels?.['team'], 'b');
  });
});
