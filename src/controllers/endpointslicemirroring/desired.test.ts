import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointSlice, Endpoints } from '../../api/types.ts';
import { aService } from '../testing/objects.ts';
import { desired, isMirrored } from './desired.ts';

const endpoints = (
  subsets: Endpoints['subsets'],
  metadata: Partial<Endpoints['metadata']> = {},
): Endpoints => ({
  metadata: { name: 'db', namespace: 'default', uid: 'uid-db', ...metadata },
  ...(subsets && { subsets }),
});
const ports = [{ name: 'sql', port: 5432, protocol: 'TCP' }];
const own = aService({ selector: {} }, { name: 'db' });

describe('Endpoints are mirrored', () => {
  const plain = endpoints([]);
  for (const [what, object, service, is] of [
    ['of a Service without selector', plain, own, true],
    ['of no Service', plain, undefined, false],
    ['of a Service with a selector', plain, aService({}, { name: 'db' }), false],
    [
      'that say to be skipped',
      endpoints([], { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }),
      own,
      false,
    ],
    [
      'that are an old lock',
      endpoints([], { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }),
      own,
      false,
    ],
  ] as const) {
    test(`${what}: ${is}`, () => assert.equal(isMirrored(object, service), is));
  }
});

describe('the mirror', () => {
  test('has a slice for each family, with what the addresses say and who is ready', () => {
    const targetRef = { kind: 'Pod', name: 'db-0', namespace: 'default' };
    const object = endpoints(
      [
        {
          addresses: [{ ip: '10.0.0.1', nodeName: 'a', targetRef }, { ip: 'fd00::1' }],
          notReadyAddresses: [{ ip: '10.0.0.2', hostname: 'h' }],
          ports,
        },
      ],
      {
        labels: { app: 'db' },
        annotations: { note: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      },
    );
    const [four, six] = desired(object, []).create;
    assert.deepEqual(four?.endpoints, [
      { addresses: ['10.0.0.1'], conditions: { ready: true }, nodeName: 'a', targetRef },
      { addresses: ['10.0.0.2'], conditions: { ready: false }, hostname: 'h' },
    ]);
    assert.deepEqual([four?.addressType, six?.addressType], ['IPv4', 'IPv6']);
    assert.deepEqual(four?.ports, ports);
    assert.deepEqual(four?.metadata.labels, {
      app: 'db',
      'kubernetes.io/service-name': 'db',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    });
    assert.deepEqual(four?.metadata.annotations, { note: 'x' });
    assert.deepEqual(
      four?.metadata.ownerReferences?.map(({ kind, uid }) => `${kind} ${uid}`),
      ['Endpoints uid-db'],
    );
  });

  test('has an address once for the same ports, ready when it is in one of its places', () => {
    const subset = (ready: string[], notReady: string[], more = ports) => ({
      addresses: ready.map((ip) => ({ ip })),
      notReadyAddresses: notReady.map((ip) => ({ ip })),
      ports: more,
    });
    const other = [{ name: 'admin', port: 8080, protocol: 'TCP' }];
    const object = endpoints([
      subset([], ['10.0.0.1', '10.0.0.2']),
      subset(['10.0.0.1', '10.0.0.1'], ['10.0.0.1']),
      subset(['10.0.0.1'], [], other),
    ]);
    assert.deepEqual(
      desired(object, []).create.map((slice) =>
        slice.endpoints?.map(({ addresses: [ip], conditions }) => `${ip} ${conditions?.ready}`),
      ),
      [['10.0.0.1 true', '10.0.0.2 false'], ['10.0.0.1 true']],
    );
  });

  test('is left alone while nothing changes, is updated in place, and goes with its subset', () => {
    const before = endpoints([{ addresses: [{ ip: '10.0.0.1' }], ports }]);
    const slice = {
      ...desired(before, []).create[0],
      metadata: { ...desired(before, []).create[0]?.metadata, name: 'db-x' },
    } as EndpointSlice;
    const same = desired(before, [slice]);
    assert.deepEqual([same.create, same.update, same.remove], [[], [], []]);
    const changed = desired(endpoints([{ addresses: [{ ip: '10.0.0.2' }], ports }]), [slice]);
    assert.deepEqual(
      changed.update.map(({ metadata, endpoints: of }) => [metadata.name, of?.[0]?.addresses]),
      [['db-x', ['10.0.0.2']]],
    );
    assert.deepEqual(desired(endpoints([]), [slice]).remove, [slice]);
  });

  test('has a thousand addresses of a subset, the ready ones first, and counts the others', () => {
    const many = (n: number, net: number) =>
      Array.from({ length: n }, (_, i) => ({ ip: `10.${net}.${i >> 8}.${i & 255}` }));
    const object = endpoints([
      { addresses: many(900, 1), notReadyAddresses: [...many(200, 2), { ip: 'x' }], ports },
    ]);
    const mirror = desired(object, []);
    const all = mirror.create.flatMap((slice) => slice.endpoints ?? []);
    assert.equal(all.length, 1000);
    assert.equal(all.filter(({ conditions }) => conditions?.ready).length, 900);
    assert.deepEqual([mirror.skipped, mirror.invalid], [100, 1]);
  });
});
