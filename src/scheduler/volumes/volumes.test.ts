import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/types.ts';
import { decide } from '../decide.ts';
import { podInfo } from '../snapshot.ts';
import { aNode, aPod, world } from '../testing/world.ts';
import type { Volumes } from './contract.ts';
import { planFor } from './plan.ts';

const claim = (name: string, yaml = '{}', metadata: object = {}): PersistentVolumeClaim => ({
  metadata: { name, namespace: 'default', uid: `uid-${name}`, ...metadata },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'standard',
    ...(parse(yaml) as object),
  },
});
const bound = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } };

const volume = (name: string, node: string, storageClassName = 'standard'): PersistentVolume => ({
  metadata: { name },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName,
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
        ],
      },
    },
  },
  status: { phase: 'Available' },
});

const classes: Record<string, Partial<StorageClass>> = {
  standard: { provisioner: 'p', volumeBindingMode: 'WaitForFirstConsumer' },
  disks: { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' },
  now: { provisioner: 'p', volumeBindingMode: 'Immediate' },
};

const storage = (
  claims: PersistentVolumeClaim[],
  volumes: PersistentVolume[] = [],
  pods: Pod[] = [],
): Volumes => ({
  claim: (key) => claims.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key),
  volume: (name) => volumes.find(({ metadata }) => metadata.name === name),
  storageClass: (name) => classes[name] && ({ metadata: { name }, ...classes[name] } as StorageClass),
  free: () => volumes,
  podsWith: () => pods,
});

const using = (...names: string[]) => ({
  spec: {
    volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  },
});

/** Where a pod with these claims goes, or why nowhere. */
function place(volumes: Volumes, pod = aPod('new', using('data'))): string {
  const cluster = { ...world({ a: {}, b: {} }), volumes };
  const decision = decide(podInfo(pod), cluster);
  return 'node' in decision ? decision.node : decision.message;
}
const nowhere = (why: string) => `0/2 nodes are available: ${why}.`;

describe('a pod goes', () => {
  test('where the volume of its claim is', () => {
    const data = claim('data', '{volumeName: v}', bound);
    assert.equal(place(storage([data], [volume('v', 'b')])), 'b');
    assert.equal(
      place(storage([data], [volume('v', 'c')])),
      nowhere("2 node(s) didn't match PersistentVolume's node affinity"),
    );
    assert.equal(
      place(storage([data])),
      nowhere('2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'),
    );
  });

  test('where a volume can be found for its claim, or made', () => {
    const data = claim('data', '{storageClassName: disks}');
    assert.equal(place(storage([data], [volume('v', 'b', 'disks')])), 'b');
    assert.equal(
      place(storage([data])),
      nowhere("2 node(s) didn't find available persistent volumes to bind"),
    );
    assert.equal(place(storage([claim('data')])), 'a');
  });

  test('where its volume is about to be made', () => {
    const annotations = { 'volume.kubernetes.io/selected-node': 'b' };
    assert.equal(place(storage([claim('data', '{}', { annotations })])), 'b');
  });
});

describe('a pod waits', () => {
  const table: [string, PersistentVolumeClaim[], string][] = [
    ['for a claim that is missing', [], 'persistentvolumeclaim "data" not found'],
    [
      'for a claim that gets its volume by itself',
      [claim('data', '{storageClassName: now}')],
      'pod has unbound immediate PersistentVolumeClaims',
    ],
    [
      'for the next claim of that name',
      [claim('data', '{}', { deletionTimestamp: '2026-01-01T00:00:00Z' })],
      'persistentvolumeclaim "data" is being deleted',
    ],
    [
      'in vain for a volume that is lost',
      [{ ...claim('data'), status: { phase: 'Lost' } }],
      'persistentvolumeclaim "data" bound to non-existent persistentvolume',
    ],
  ];
  for (const [what, claims, expected] of table)
    test(what, () => assert.equal(place(storage(claims)), nowhere(expected)));

  test('for the claim of its ephemeral volume, which must be its own', () => {
    const pod = aPod('web', { spec: { volumes: [{ name: 'data', ephemeral: {} }] } });
    assert.equal(
      place(storage([]), pod),
      nowhere('waiting for ephemeral volume controller to create the persistentvolumeclaim "web-data"'),
    );
    assert.equal(
      place(storage([claim('web-data')]), pod),
      nowhere('PVC default/web-data was not created for pod default/web (pod is not owner)'),
    );
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'web', controller: true };
    assert.equal(place(storage([claim('web-data', '{}', { ownerReferences: [owner] })]), pod), 'a');
  });

  test('for the one pod that may use its claim', () => {
    const data = claim('data', '{accessModes: [ReadWriteOncePod], volumeName: v}', bound);
    const other = aPod('other', { node: 'a', ...using('data') });
    const placed = { ...other, spec: { ...other.spec, nodeName: 'a' } } as Pod;
    assert.equal(
      place(storage([data], [volume('v', 'a')], [placed])),
      nowhere('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'),
    );
    assert.equal(place(storage([data], [volume('v', 'a')], [aPod('new', using('data'))])), 'a');
  });
});

test('two claims of a pod never get the same volume', () => {
  const claims = ['one', 'two'].map((name) => claim(name, '{storageClassName: disks}'));
  const [v, w] = [volume('v', 'a', 'disks'), volume('w', 'a', 'disks')];
  const plan = planFor(claims, aNode('a'), storage(claims, [v, w]));
  assert.deepEqual(
    plan?.promise.map((p) => `${p.claim.metadata.name} ${p.volume.metadata.name}`),
    ['one v', 'two w'],
  );
  assert.equal(planFor(claims, aNode('a'), storage(claims, [v])), undefined);
});
