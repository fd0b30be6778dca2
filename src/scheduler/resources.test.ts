import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestsOf } from './resources.ts';
import { podInfo, Snapshot } from './snapshot.ts';
import { aNode, aPod } from './testing/world.ts';

const container = (cpu: string, restartPolicy?: string) => ({
  name: 'c',
  resources: { requests: { cpu } },
  ...(restartPolicy && { restartPolicy }),
});

test('a pod asks for the sum of its containers, or for the most that its start needs', () => {
  const spec = (initContainers: object[]) => ({
    containers: [container('100m'), container('200m')],
    initContainers: initContainers as never,
  });
  assert.equal(requestsOf(aPod('p', { spec: spec([]) }))['cpu'], 300);
  assert.equal(requestsOf(aPod('p', { spec: spec([container('500m'), container('400m')]) }))['cpu'], 500);
  const withSidecar = spec([container('50m', 'Always'), container('400m')]);
  assert.equal(requestsOf(aPod('p', { spec: withSidecar }))['cpu'], 450);
  const onlySidecar = spec([container('50m', 'Always')]);
  assert.equal(requestsOf(aPod('p', { spec: onlySidecar }))['cpu'], 350);
  const overhead = { ...spec([]), overhead: { cpu: '10m' } };
  assert.equal(requestsOf(aPod('p', { spec: overhead }))['cpu'], 310);
});

test('a node gives back what a pod took, also when the pod came before the node', () => {
  const snapshot = new Snapshot();
  const info = podInfo(aPod('p', { requests: { cpu: '1', memory: '1Gi' } }));
  snapshot.setPod(info, 'a');
  snapshot.setNode(aNode('a'));
  assert.deepEqual(snapshot.node('a')?.requested, { cpu: 1000, memory: 1024 ** 3 });
  snapshot.setPod(info, 'a');
  assert.equal(snapshot.node('a')?.requested['cpu'], 1000);
  snapshot.removePod(info.key);
  assert.deepEqual(snapshot.node('a')?.requested, { cpu: 0, memory: 0 });
});

test('a node that comes back still has its pods', () => {
  const snapshot = new Snapshot();
  snapshot.setNode(aNode('a'));
  snapshot.setPod(podInfo(aPod('p', { requests: { cpu: '1' } })), 'a');
  snapshot.removeNode('a');
  assert.equal(snapshot.node('a'), undefined);
  snapshot.setNode(aNode('a'));
  assert.equal(snapshot.node('a')?.requested['cpu'], 1000);
});
