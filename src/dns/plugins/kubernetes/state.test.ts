import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { EndpointSlice, Service } from '../../../api/types.ts';
import { keptPod, keptService, keptSlice } from './keep.ts';
import { State } from './state.ts';

const service = (name: string, ...addresses: string[]) =>
  keptService({ metadata: { name, namespace: 'a' }, spec: { clusterIPs: addresses } } as Service);
const slice = (name: string, of: string, ...addresses: string[]) =>
  keptSlice(
    {
      metadata: { name, namespace: 'a', labels: { 'kubernetes.io/service-name': of } },
      addressType: 'IPv4',
      endpoints: addresses.map((address) => ({ addresses: [address] })),
    } as EndpointSlice,
    false,
  );

describe('what is kept', () => {
  test('of a slice are its ready endpoints, by canonical addresses', () => {
    const kept = keptSlice(
      {
        metadata: { name: 's', namespace: 'a', labels: { 'kubernetes.io/service-name': 'web' } },
        addressType: 'IPv6',
        ports: [{ name: 'HTTP', port: 80 }, { name: 'none' }],
        endpoints: [
          { addresses: ['FD44:0::1'], hostname: 'H', nodeName: 'n', zone: 'z' },
          { addresses: ['fd44::2'], conditions: { ready: false } },
        ],
      } as EndpointSlice,
      true,
    );
    assert.deepEqual(kept, {
      key: 'a/s',
      service: 'a/web',
      ports: [{ name: 'http', protocol: 'tcp', port: 80 }],
      endpoints: [{ address: 'fd44::1', name: 'h' }],
    });
  });
  test('of equal ports is one list', () => {
    assert.equal(slice('a', 'x').ports, slice('b', 'y').ports);
  });
});

describe('answers last', () => {
  test('until something of their Service is another, and no longer', () => {
    const state = new State(() => {});
    state.putService(service('web', '10.96.0.1'));
    state.putService(service('other', '10.96.0.2'));
    const changes: (() => void)[] = [
      () => state.putSlice(slice('web-1', 'web', '10.244.0.1')),
      () => state.putSlice(slice('web-1', 'web', '10.244.0.2')),
      () => state.dropSlice('a/web-1'),
      () => state.putService(service('web', '10.96.0.9')),
      () => state.dropService('a/web'),
    ];
    const untouched = state.lasting('a/other');
    for (const change of changes) {
      const lasting = state.lasting('a/web');
      assert.equal(lasting, state.lasting('a/web'));
      assert.equal(lasting.stale, false);
      change();
      assert.equal(lasting.stale, true);
    }
    assert.equal(untouched.stale, false);
    assert.equal(state.lasting('a/web').stale, true, 'what is not there does not last');
  });
});

test('whatever comes in whatever order, look-ups are those of what is there', () => {
  const names = fc.constantFrom('w', 'x', 'y');
  const addresses = fc.array(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'), { maxLength: 2 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('service' as const), name: names, addresses }),
    fc.record({ kind: fc.constant('slice' as const), name: names, of: names, addresses }),
    fc.record({ kind: fc.constant('drop' as const), name: names }),
    fc.record({ kind: fc.constant('replace' as const), name: names, addresses }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const state = new State(() => {});
      const services = new Map<string, ReturnType<typeof service>>();
      const slices = new Map<string, ReturnType<typeof slice>>();
      for (const each of steps) {
        const key = `a/${each.name}`;
        if (each.kind === 'service') {
          services.set(key, service(each.name, ...each.addresses));
          state.putService(services.get(key) as ReturnType<typeof service>);
        } else if (each.kind === 'slice') {
          slices.set(key, slice(each.name, each.of, ...each.addresses));
          state.putSlice(slices.get(key) as ReturnType<typeof slice>);
        } else if (each.kind === 'drop') {
          services.delete(key);
          slices.delete(key);
          state.dropService(key);
          state.dropSlice(key);
        } else {
          services.clear();
          slices.clear();
          services.set(key, service(each.name, ...each.addresses));
          state.replaceServices([...services.values()]);
          state.replaceSlices([]);
        }
      }
      for (const name of ['w', 'x', 'y']) {
        const key = `a/${name}`;
        assert.equal(state.service(key), services.get(key));
        const own = [...slices.values()].filter((s) => s.service === key);
        assert.deepEqual(new Set(state.slicesOf(key)), new Set(own));
      }
      for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
        const at = [...services.values()].filter((s) => s.addresses.includes(address));
        assert.deepEqual(new Set(state.servicesAt(address)), new Set(at));
        const slicesAt = [...slices.values()].filter((s) => s.endpoints.some((e) => e.address === address));
        assert.deepEqual(new Set(state.slicesAt(address)), new Set(slicesAt));
      }
    }),
  );
});

test('a pod is found by its addresses until it is gone', () => {
  const state = new State(() => {});
  const pod = (ip: string) =>
    keptPod({ metadata: { name: 'p', namespace: 'a' }, status: { podIPs: [{ ip }] } } as Parameters<
      typeof keptPod
    >[0]);
  state.putPod(pod('10.244.0.1'));
  state.putPod(pod('10.244.0.2'));
  assert.equal(state.podsAt('10.244.0.1').length, 0);
  assert.equal(state.podsAt('10.244.0.2')[0]?.namespace, 'a');
  state.replacePods([]);
  assert.equal(state.podsAt('10.244.0.2').length, 0);
});
