import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Endpoint, EndpointSlice, Node, Service } from '../../api/types.ts';
import { aNode, aService } from '../testing/objects.ts';
import { hinted, isProportional } from './hints.ts';
import { sharesOf } from './topology.ts';

/** `b2` is on node `b2` of zone `b`; with a dash before it, it is not ready. */
function endpoint(word: string): Endpoint {
  const name = word.replace('-', '');
  const [zone = ''] = name;
  return {
    addresses: [`10.0.0.${name.charCodeAt(0)}${name.slice(1)}`],
    conditions: { ready: !word.startsWith('-') },
    nodeName: name,
    targetRef: { uid: name },
    ...(zone !== '?' && { zone }),
  };
}
const endpoints = (words: string) => words.split(' ').map(endpoint);

function node(zone: string, cpu: string, more: { ready?: 'True' | 'False'; labels?: object } = {}): Node {
  const made = aNode(`node-${zone}-${cpu}`, more.ready);
  const labels = { ...(zone && { 'topology.kubernetes.io/zone': zone }), ...more.labels };
  return {
    ...made,
    metadata: { ...made.metadata, labels },
    status: { ...made.status, allocatable: { cpu } },
  };
}
const even = [node('a', '2'), node('b', '2')];

const near = (trafficDistribution: string) => aService({ trafficDistribution });
const auto = aService({}, { annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } });

/** `a1→a`: the endpoint and the zone that it is for. */
const slice = (words: string): EndpointSlice => ({
  metadata: { name: 'web-x' },
  addressType: 'IPv4',
  endpoints: words.split(' ').map((word) => {
    const [name = '', zone = ''] = word.split('→');
    return { ...endpoint(name), hints: { forZones: [{ name: zone }] } };
  }),
});

function shown(service: Service, words: string, nodes: Node[] = even, before: EndpointSlice[] = []): string {
  const result = hinted(service, endpoints(words), before, () => sharesOf(nodes));
  if (result.undetermined) return result.undetermined;
  return result.endpoints
    .map(({ nodeName, hints }) => {
      const [zones = [], nodes = []] = [hints?.forZones, hints?.forNodes];
      return [nodeName, ...[...zones, ...nodes].map(({ name }) => name)].join('→');
    })
    .join(' ');
}

test('whatever zones there are, none is overloaded, and the same again changes nothing', () => {
  const zones = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(
    fc.property(
      fc.array(zones, { minLength: 1, maxLength: 60 }),
      fc.array(fc.tuple(zones, fc.integer({ min: 1, max: 64 })), { minLength: 1, maxLength: 8 }),
      (places, machines) => {
        const all = places.map((zone, i) => endpoint(`${zone}${i}`));
        const shares = sharesOf(machines.map(([zone, cpu]) => node(zone, String(cpu))));
        const first = hinted(auto, all, [], () => shares);
        const slices = [{ ...slice('a1→a'), endpoints: first.endpoints }];
        assert.deepEqual(
          hinted(auto, all, slices, () => shares),
          first,
        );
        assert.deepEqual(
          first.endpoints.map(({ nodeName }) => nodeName),
          all.map(({ nodeName }) => nodeName),
        );
        if (first.undetermined !== undefined || typeof shares === 'string') return;
        for (const [zone, share] of shares) {
          const count = first.endpoints.filter(({ hints }) => hints?.forZones?.[0]?.name === zone).length;
          assert.ok(count >= Math.ceil((share * all.length) / 1.2), `${zone}: ${count} of ${all.length}`);
        }
      },
    ),
  );
});

describe('trafficDistribution', () => {
  for (const preference of ['PreferClose', 'PreferSameZone'])
    test(`${preference} means every ready endpoint for its own zone`, () =>
      assert.equal(shown(near(preference), 'a1 b1 -b2 ?1'), 'a1→a b1→b b2 ?1'));

  test('PreferSameNode means it for its node, and for its zone beside', () =>
    assert.equal(shown(near('PreferSameNode'), 'a1 -b1 ?1'), 'a1→a→a1 b1 ?1→?1'));

  test('is nothing when it is not said', () => assert.equal(shown(aService(), 'a1 b1'), 'a1 b1'));
});

describe('the annotation topology-mode', () => {
  test('is Auto or auto, under its old name too, and outranks the field', () => {
    const of = (annotations: Record<string, string>) => isProportional(aService({}, { annotations }));
    assert.ok(of({ 'service.kubernetes.io/topology-mode': 'auto' }));
    assert.ok(of({ 'service.kubernetes.io/topology-aware-hints': 'Auto' }));
    assert.ok(!of({ 'service.kubernetes.io/topology-mode': 'Disabled' }));
    const both = aService({ trafficDistribution: 'PreferSameNode' }, auto.metadata);
    assert.equal(shown(both, 'a1 b1'), 'a1→a b1→b');
  });

  test('leaves endpoints to their zones where these have their part', () =>
    assert.equal(shown(auto, 'a1 a2 b1 b2 -b3'), 'a1→a a2→a b1→b b2→b b3'));

  test('lets a zone that has too many give to one that has too few', () =>
    assert.equal(shown(auto, 'a1 a2 a3 a4 a5 b1'), 'a1→b a2→b a3→a a4→a a5→a b1→b'));

  test('goes by the CPU of the zones, not by their number', () =>
    assert.equal(
      shown(auto, 'a1 a2 b1 b2 b3 b4', [node('a', '4'), node('b', '1'), node('b', '1')]),
      'a1→a a2→a b1→a b2→a b3→b b4→b',
    ));

  test('counts neither nodes of the control plane nor those that are not ready', () => {
    const control = node('c', '64', { labels: { 'node-role.kubernetes.io/control-plane': '' } });
    const lost = node('d', '64', { ready: 'False' });
    assert.equal(shown(auto, 'a1 b1 c1 c2', [...even, control, lost]), 'a1→a b1→b c1→b c2→a');
  });

  test('keeps what is there as long as it is good enough', () => {
    const before = [slice('a1→b a2→a'), slice('b1→b b2→a')];
    assert.equal(shown(auto, 'a1 a2 b1 b2', even, before), 'a1→b a2→a b1→b b2→a');
    const lopsided = [slice('a1→a a2→a b1→a b2→b')];
    assert.equal(shown(auto, 'a1 a2 b1 b2', even, lopsided), 'a1→a a2→a b1→b b2→b');
  });

  for (const [what, words, nodes, why] of [
    [
      'a node says no zone',
      'a1 b1',
      [...even, node('', '2')],
      'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
    ],
    [
      'a node says no CPU',
      'a1 b1',
      [...even, node('c', '0')],
      'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
    ],
    ['there is one zone', 'a1 a2', [node('a', '2'), node('a', '4')], 'Nodes only ready in one zone'],
    [
      'there are fewer endpoints than zones',
      'a1 -b1',
      even,
      'Insufficient number of endpoints (1 endpoints, 2 zones)',
    ],
    ['an endpoint is in no zone', 'a1 b1 ?1 b2', even, 'One or more endpoints do not have a zone specified'],
    [
      'no zone could be without overload',
      'a1 b1 b2',
      even,
      'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 2 zones)',
    ],
  ] as const)
    test(`gives no hints and says why when ${what}`, () => assert.equal(shown(auto, words, [...nodes]), why));
});
