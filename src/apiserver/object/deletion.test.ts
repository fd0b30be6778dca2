import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { AdmissionPlugin } from '../admission/contract.ts';
import { podYaml, type TestApi, testApi } from '../testing/testApi.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';

const gone: string[] = [];
const witness: AdmissionPlugin = {
  name: 'witness',
  handles: ({ verb }) => verb === 'delete',
  admit: () => undefined,
  committed: ({ object }) => gone.push(object.metadata.name),
};

let api: TestApi;
beforeEach(() => {
  gone.splice(0);
  api = testApi({ admission: [witness] });
});
afterEach(() => api.close());

/** A pod that runs on a node, and so must be stopped before it is gone. */
async function runningPod(name: string): Promise<void> {
  await api.post(pods, podYaml(name));
  const bound = await api.post(
    `${pods}/${name}/binding`,
    '{metadata: {name: web}, target: {kind: Node, name: node-1}}'.replace('web', name),
  );
  assert.equal(bound.code, 201);
}

describe('delete', () => {
  test('of a ConfigMap answers Success with details, and it is gone', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    const { code, object } = await api.delete(`${maps}/a`);
    assert.equal(code, 200);
    assert.deepEqual(
      [object['status'], object['details']],
      ['Success', { name: 'a', kind: 'configmaps', uid: 'uid-1' }],
    );
    assert.equal((await api.get(`${maps}/a`)).code, 404);
    assert.deepEqual(gone, ['a']);
  });

  test('of what is not there is a 404', async () => {
    assert.equal((await api.delete(`${maps}/a`)).object['message'], 'configmaps "a" not found');
  });

  test('of a pod that never came to a node is at once, and answers the pod', async () => {
    await api.post(pods, podYaml('web'));
    assert.equal((await api.delete(`${pods}/web`)).object['kind'], 'Pod');
    assert.equal((await api.get(`${pods}/web`)).code, 404);
  });

  test('of a running pod sets the time of its end, and waits for the kubelet', async () => {
    await runningPod('web');
    const { object } = await api.delete(`${pods}/web`);
    assert.equal(object['metadata'].deletionTimestamp, '2026-01-01T00:00:30Z');
    assert.equal(object['metadata'].deletionGracePeriodSeconds, 30);
    assert.deepEqual(gone, []);
    const again = await api.delete(`${pods}/web`);
    assert.deepEqual(again.object, object);
    const shorter = await api.delete(`${pods}/web`, '{gracePeriodSeconds: 5}');
    assert.equal(shorter.object['metadata'].deletionGracePeriodSeconds, 5);
    const longer = await api.delete(`${pods}/web?gracePeriodSeconds=20`);
    assert.equal(longer.object['metadata'].deletionGracePeriodSeconds, 5);
    await api.delete(`${pods}/web`, '{gracePeriodSeconds: 0}');
    assert.equal((await api.get(`${pods}/web`)).code, 404);
    assert.deepEqual(gone, ['web']);
  });

  test('grace 0 in the query removes a running pod at once', async () => {
    await runningPod('web');
    await api.delete(`${pods}/web?gracePeriodSeconds=0`);
    assert.equal((await api.get(`${pods}/web`)).code, 404);
  });

  test('with preconditions that do not hold is a conflict', async () => {
    const { object } = await api.post(maps, '{metadata: {name: a}}');
    assert.equal((await api.delete(`${maps}/a`, '{preconditions: {uid: other}}')).code, 409);
    assert.equal((await api.delete(`${maps}/a`, '{preconditions: {resourceVersion: "1"}}')).code, 409);
    const { uid, resourceVersion } = object['metadata'];
    const right = `{preconditions: {uid: ${uid}, resourceVersion: "${resourceVersion}"}}`;
    assert.equal((await api.delete(`${maps}/a`, right)).code, 200);
  });

  test('a dry run removes nothing', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    await api.delete(`${maps}/a?dryRun=All`);
    await api.delete(`${maps}/a`, '{dryRun: [All]}');
    assert.equal((await api.get(`${maps}/a`)).code, 200);
    assert.deepEqual(gone, []);
  });

  test('options of a wrong type are refused', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    assert.equal((await api.delete(`${maps}/a`, '{gracePeriodSeconds: soon}')).code, 422);
    assert.equal((await api.delete(`${maps}/a`, '{propagationPolicy: Sideways}')).code, 422);
    assert.equal(
      (await api.delete(`${maps}/a`, '{propagationPolicy: Orphan, orphanDependents: true}')).code,
      422,
    );
    assert.equal((await api.get(`${maps}/a`)).code, 200);
  });
});

describe('finalizers', () => {
  test('keep an object until the last of them is taken away', async () => {
    await api.post(maps, '{metadata: {name: a, finalizers: [example.com/one, example.com/two]}}');
    const { code, object } = await api.delete(`${maps}/a`);
    assert.equal(code, 200);
    assert.equal(object['metadata'].deletionTimestamp, '2026-01-01T00:00:00Z');
    await api.patch(`${maps}/a`, '{"metadata":{"finalizers":["example.com/two"]}}');
    assert.equal((await api.get(`${maps}/a`)).code, 200);
    assert.deepEqual(gone, []);
    const last = await api.patch(`${maps}/a`, '{"metadata":{"finalizers":null}}');
    assert.equal(last.code, 200);
    assert.equal((await api.get(`${maps}/a`)).code, 404);
    assert.deepEqual(gone, ['a']);
  });

  test('an object that is not being deleted stays when its finalizers go', async () => {
    await api.post(maps, '{metadata: {name: a, finalizers: [example.com/one]}}');
    await api.put(`${maps}/a`, '{metadata: {name: a}}');
    assert.equal((await api.get(`${maps}/a`)).code, 200);
  });

  test('a pod with a finalizer that has stopped stays until that is gone', async () => {
    await api.post(pods, podYaml('web', '  finalizers: [example.com/one]'));
    await api.delete(`${pods}/web?gracePeriodSeconds=0`);
    assert.equal((await api.get(`${pods}/web`)).code, 200);
    await api.patch(`${pods}/web`, '{"metadata":{"finalizers":[]}}');
    assert.equal((await api.get(`${pods}/web`)).code, 404);
  });

  for (const [policy, finalizer] of [
    ['Foreground', 'foregroundDeletion'],
    ['Orphan', 'orphan'],
  ])
    test(`propagationPolicy ${policy} leaves the object to the garbage collector`, async () => {
      await api.post(maps, '{metadata: {name: a}}');
      const { object } = await api.delete(`${maps}/a`, `{propagationPolicy: ${policy}}`);
      assert.deepEqual(object['metadata'].finalizers, [finalizer]);
      assert.ok(object['metadata'].deletionTimestamp);
    });

  test('propagationPolicy Background removes it at once', async () => {
    await api.post(maps, '{metadata: {name: a}}');
    await api.delete(`${maps}/a?propagationPolicy=Background`);
    assert.equal((await api.get(`${maps}/a`)).code, 404);
  });
});

describe('a namespace', () => {
  test('is Terminating until its controller has taken the finalizer away', async () => {
    const path = '/api/v1/namespaces/dev';
    await api.post('/api/v1/namespaces', '{metadata: {name: dev}}');
    const { object } = await api.delete(path);
    assert.deepEqual([object['kind'], object['status'].phase], ['Namespace', 'Terminating']);
    assert.ok(object['metadata'].deletionTimestamp);
    assert.deepEqual((await api.delete(path)).object, object);
    const finalized = await api.put(`${path}/finalize`, '{metadata: {name: dev}, spec: {finalizers: []}}');
    assert.equal(finalized.code, 200);
    assert.equal((await api.get(path)).code, 404);
    assert.deepEqual(gone, ['dev']);
  });
});

describe('deletecollection', () => {
  test('deletes what the selectors mean, and answers the list', async () => {
    for (const name of ['a', 'b', 'c'])
      await api.post(maps, `{metadata: {name: ${name}, labels: {keep: "${name === 'b'}"}}}`);
    await api.post('/api/v1/namespaces/other/configmaps', '{metadata: {name: a, labels: {keep: "false"}}}');
    const { object } = await api.delete(`${maps}?labelSelector=keep%3Dfalse`);
    assert.equal(object['kind'], 'ConfigMapList');
    assert.equal(object['items'].length, 2);
    const left = await api.get('/api/v1/configmaps');
    assert.deepEqual(
      left.object['items'].map(
        (o: { metadata: { namespace: string; name: string } }) =>
          `${o.metadata.namespace}/${o.metadata.name}`,
      ),
      ['default/b', 'other/a'],
    );
  });

  test('is not offered for namespaces', async () => {
    assert.equal((await api.delete('/api/v1/namespaces')).code, 405);
  });
});
