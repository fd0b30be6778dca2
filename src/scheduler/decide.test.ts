import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from '../api/types.ts';
import { decide } from './decide.ts';
import { podInfo } from './snapshot.ts';
import { aPod, type NodeWords, type PodWords, world } from './testing/world.ts';

type Spec = Partial<NonNullable<Pod['spec']>>;
type Nodes = Record<string, NodeWords>;
type Pods = Record<string, PodWords>;

/** Where the pod goes, or why nowhere. */
function place(pod: PodWords, nodes: Nodes, pods: Pods = {}): string {
  const decision = decide(podInfo(aPod('new', pod)), world(nodes, pods));
  return 'node' in decision ? decision.node : decision.message;
}
const taint = (key: string, effect: string, value?: string) => ({ key, effect, ...(value && { value }) });
const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const webApp = { labelSelector: { matchLabels: { app: 'web' } } };

describe('a pod goes nowhere and is told why', () => {
  const table: [string, PodWords, Nodes, Pods, string][] = [
    ['without any node', {}, {}, {}, 'no nodes available to schedule pods'],
    [
      'on a cordoned node',
      {},
      { a: { spec: { unschedulable: true } } },
      {},
      '0/1 nodes are available: 1 node(s) were unschedulable.',
    ],
    [
      'where it does not want to be',
      { spec: { nodeSelector: { disk: 'ssd' } } },
      { a: {}, b: {} },
      {},
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
    ],
    [
      'against a taint',
      {},
      { a: { spec: { taints: [taint('x', 'NoSchedule')] } } },
      {},
      '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
    ],
    [
      'on a node that is not ready',
      {},
      { a: { ready: 'False' } },
      {},
      '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
    ],
    [
      'where there is too little',
      { requests: { cpu: '3', memory: '9Gi' } },
      { a: {} },
      { old: { node: 'a', requests: { cpu: '1500m' } } },
      '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.',
    ],
    [
      'where there is no disk',
      { requests: { 'ephemeral-storage': '1Gi' } },
      { a: {} },
      {},
      '0/1 nodes are available: 1 Insufficient ephemeral-storage.',
    ],
    [
      'on a full node',
      {},
      { a: { allocatable: { pods: '1' } } },
      { old: { node: 'a' } },
      '0/1 nodes are available: 1 Too many pods.',
    ],
    [
      'for different reasons on different nodes',
      { requests: { cpu: '5' }, spec: { nodeSelector: { disk: 'ssd' } } },
      { a: { labels: { disk: 'ssd' } }, b: {} },
      {},
      "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector.",
    ],
    [
      'where its host port is taken',
      { spec: port(80) },
      { a: {} },
      { old: { node: 'a', spec: port(80, '10.0.0.1') } },
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
    ],
    [
      'far from those it wants to be near to',
      { spec: { affinity: { podAffinity: required({ ...webApp, topologyKey: hostname }) } } },
      { a: {} },
      {},
      "0/1 nodes are available: 1 node(s) didn't match pod affinity rules.",
    ],
    [
      'near those it keeps away from',
      { spec: { affinity: { podAntiAffinity: required({ ...webApp, topologyKey: hostname }) } } },
      { a: {} },
      { old: { node: 'a', labels: { app: 'web' } } },
      "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
    ],
    [
      'near those that keep it away',
      { labels: { app: 'web' } },
      { a: {} },
      {
        old: {
          node: 'a',
          spec: { affinity: { podAntiAffinity: required({ ...webApp, topologyKey: hostname }) } },
        },
      },
      "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.",
    ],
    [
      'where its like would be too many',
      {
        labels: { app: 'web' },
        spec: { topologySpreadConstraints: [spread(hostname)], nodeSelector: { on: 'a' } },
      },
      { a: { labels: { on: 'a' } }, b: { labels: { on: 'a' }, spec: { unschedulable: true } } },
      { old: { node: 'a', labels: { app: 'web' } } },
      "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) were unschedulable.",
    ],
    [
      'where the domain is not known',
      { labels: { app: 'web' }, spec: { topologySpreadConstraints: [spread(zone)] } },
      { a: {} },
      {},
      "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label).",
    ],
  ];
  for (const [what, pod, nodes, pods, expected] of table)
    test(what, () => assert.equal(place(pod, nodes, pods), expected));
});

function port(hostPort: number, hostIP?: string): Spec {
  return {
    containers: [{ name: 'c', ports: [{ containerPort: hostPort, hostPort, ...(hostIP && { hostIP }) }] }],
  };
}
function required<T>(...terms: T[]) {
  return { requiredDuringSchedulingIgnoredDuringExecution: terms };
}
function preferred<T>(...terms: T[]) {
  return { preferredDuringSchedulingIgnoredDuringExecution: terms };
}
function spread(topologyKey: string, whenUnsatisfiable = 'DoNotSchedule') {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable, ...webApp };
}

describe('a pod goes', () => {
  const table: [string, PodWords, Nodes, Pods, string][] = [
    [
      'to the node that its selector means',
      { spec: { nodeSelector: { disk: 'ssd' } } },
      { a: {}, b: { labels: { disk: 'ssd' } } },
      {},
      'b',
    ],
    [
      'to a node that one of its terms means',
      {
        spec: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['8'] }] },
                  { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['c'] }] },
                ],
              },
            },
          },
        },
      },
      { a: { labels: { cores: '4' } }, b: {}, c: {} },
      {},
      'c',
    ],
    [
      'through a taint that it tolerates',
      { spec: { tolerations: [{ key: 'x', operator: 'Exists' }] } },
      { a: { spec: { taints: [taint('x', 'NoExecute', 'y')] } } },
      {},
      'a',
    ],
    [
      'to a node that is not ready when it tolerates that',
      { spec: { tolerations: [{ operator: 'Exists' }] } },
      { a: { ready: 'False' } },
      {},
      'a',
    ],
    [
      'rather to the node that it prefers',
      {
        spec: {
          affinity: {
            nodeAffinity: preferred({
              weight: 1,
              preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] },
            }),
          },
        },
      },
      { a: {}, b: { labels: { disk: 'ssd' } } },
      {},
      'b',
    ],
    [
      'rather not against a soft taint',
      {},
      { a: { spec: { taints: [taint('x', 'PreferNoSchedule')] } }, b: {} },
      {},
      'b',
    ],
    ['to the emptier node', {}, { a: {}, b: {} }, { old: { node: 'a' } }, 'b'],
    [
      'away from pods of its owner, even to a fuller node',
      { owner: 'set' },
      { a: {}, b: {} },
      { s: { node: 'a', owner: 'set' }, x: { node: 'b' }, y: { node: 'b' } },
      'b',
    ],
    [
      'beside a pod with its host port under another address',
      { spec: port(80, '10.0.0.2') },
      { a: {} },
      { old: { node: 'a', spec: port(80, '10.0.0.1') } },
      'a',
    ],
    [
      'near those it wants to be near to',
      { spec: { affinity: { podAffinity: required({ ...webApp, topologyKey: zone }) } } },
      { a: { labels: { [zone]: '1' } }, b: { labels: { [zone]: '2' } }, c: { labels: { [zone]: '2' } } },
      { old: { node: 'b', labels: { app: 'web' } } },
      'c',
    ],
    [
      'anywhere as the first of a group that wants its like',
      {
        labels: { app: 'web' },
        spec: { affinity: { podAffinity: required({ ...webApp, topologyKey: hostname }) } },
      },
      { a: {} },
      {},
      'a',
    ],
    [
      'rather near those it likes',
      {
        spec: {
          affinity: {
            podAffinity: preferred({ weight: 100, podAffinityTerm: { ...webApp, topologyKey: hostname } }),
          },
        },
      },
      { a: {}, b: {} },
      { old: { node: 'b', labels: { app: 'web' } } },
      'b',
    ],
    [
      'rather away from those it dislikes',
      {
        spec: {
          affinity: {
            podAntiAffinity: preferred({
              weight: 100,
              podAffinityTerm: { ...webApp, topologyKey: hostname },
            }),
          },
        },
      },
      { a: {}, b: {} },
      { old: { node: 'a', labels: { app: 'web' } }, x: { node: 'b' }, y: { node: 'b' } },
      'b',
    ],
    [
      'where its like are fewest, as its constraint says',
      { labels: { app: 'web' }, spec: { topologySpreadConstraints: [spread(hostname)] } },
      { a: {}, b: {} },
      { old: { node: 'a', labels: { app: 'web' } }, x: { node: 'b' }, y: { node: 'b' } },
      'b',
    ],
    [
      'where its like are fewest, as its wish says',
      { labels: { app: 'web' }, spec: { topologySpreadConstraints: [spread(hostname, 'ScheduleAnyway')] } },
      { a: {}, b: {} },
      { old: { node: 'a', labels: { app: 'web' } }, x: { node: 'b' } },
      'b',
    ],
    [
      'past a pod of another namespace that it would keep away from',
      { spec: { affinity: { podAntiAffinity: required({ ...webApp, topologyKey: hostname }) } } },
      { a: {} },
      { old: { node: 'a', labels: { app: 'web' }, namespace: 'other' } },
      'a',
    ],
  ];
  for (const [what, pod, nodes, pods, expected] of table)
    test(what, () => assert.equal(place(pod, nodes, pods), expected));

  test('evenly, one after the other', () => {
    const cluster = world({ a: { allocatable: { pods: '100' } }, b: { allocatable: { pods: '100' } } });
    for (let i = 0; i < 100; i++) {
      const info = podInfo(aPod(`p${i}`, { owner: 'set' }));
      const decision = decide(info, cluster);
      assert.ok('node' in decision);
      cluster.snapshot.setPod(info, decision.node);
    }
    assert.deepEqual(
      cluster.snapshot.nodes().map((n) => n.pods.size),
      [50, 50],
    );
  });
});
