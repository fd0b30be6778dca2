import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Loose, podYaml, type TestApi, testApi } from './testing/testApi.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';
const tableAccept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

let api: TestApi;
beforeEach(() => {
  api = testApi();
});
afterEach(() => api.close());

const names = (list: Loose) => list['items'].map((item: Loose) => item['metadata'].name).join(' ');
const addMaps = async (...all: string[]) => {
  for (const name of all) await api.post(maps, `{metadata: {name: ${name}, labels: {first: ${name[0]}}}}`);
};

test('a list whose client waits for no span of time is a bad request', async () => {
  for (const timeout of ['30', 'soon', '1x', '-', 's']) {
    const { code, object } = await api.get(`/api/v1/nodes?timeout=${timeout}`);
    assert.deepEqual(
      [code, object['message'].startsWith('invalid timeout specified in the request URL')],
      [400, true],
    );
  }
  for (const timeout of ['', '0', '0s', '30s', '1m30s', '.5h', '250ms'])
    for (const path of ['/api/v1/nodes', '/version'])
      assert.equal((await api.get(`${path}?timeout=${timeout}`)).code, 200, timeout);
  assert.equal((await api.get('/version?timeout=soon')).code, 400);
});

describe('list', () => {
  test('holds the objects of the namespace, or of all of them, in the order of their names', async () => {
    await addMaps('b', 'a');
    await api.post('/api/v1/namespaces/zoo/configmaps', '{metadata: {name: c}}');
    const { object } = await api.get(maps);
    assert.deepEqual(
      [object['kind'], object['apiVersion'], object['metadata'].resourceVersion, names(object)],
      ['ConfigMapList', 'v1', String(api.store.revision()), 'a b'],
    );
    assert.equal(names((await api.get('/api/v1/configmaps')).object), 'a b c');
    assert.equal(names((await api.get('/api/v1/namespaces/none/configmaps')).object), '');
  });

  test('by labels and by fields', async () => {
    await addMaps('a1', 'a2', 'b1');
    assert.equal(names((await api.get(`${maps}?labelSelector=first%3Da`)).object), 'a1 a2');
    assert.equal(names((await api.get(`${maps}?fieldSelector=metadata.name%3Db1`)).object), 'b1');
    assert.equal(names((await api.get(`${maps}?labelSelector=first+in+(b)`)).object), 'b1');
    await api.post(pods, podYaml('web'));
    await api.post(`${pods}/web/binding`, '{metadata: {name: web}, target: {kind: Node, name: node-1}}');
    assert.equal(names((await api.get(`${pods}?fieldSelector=spec.nodeName%3Dnode-1`)).object), 'web');
    assert.equal(names((await api.get(`${pods}?fieldSelector=spec.nodeName%21%3Dnode-1`)).object), '');
  });

  test('refuses selectors that it cannot read', async () => {
    assert.equal((await api.get(`${maps}?labelSelector=a%3D%3D%3Db`)).code, 400);
    assert.equal((await api.get(`${maps}?fieldSelector=spec.color%3Dred`)).code, 400);
  });
});

describe('a list in pages', () => {
  test('shows the revision of its first page, and says how much is left', async () => {
    await addMaps('a', 'b', 'c', 'd', 'e');
    const first = (await api.get(`${maps}?limit=2`)).object;
    assert.deepEqual([names(first), first['metadata'].remainingItemCount], ['a b', 3]);
    await api.delete(`${maps}/c`);
    await addMaps('cc');
    const next = encodeURIComponent(first['metadata'].continue);
    const second = (await api.get(`${maps}?limit=2&continue=${next}`)).object;
    assert.deepEqual([names(second), second['metadata'].remainingItemCount], ['c d', 1]);
    assert.equal(second['metadata'].resourceVersion, first['metadata'].resourceVersion);
    const last = (
      await api.get(`${maps}?limit=2&continue=${encodeURIComponent(second['metadata'].continue)}`)
    ).object;
    assert.deepEqual([names(last), last['metadata'].continue], ['e', undefined]);
  });

  test('with selectors is full pages of what they mean, and does not count the rest', async () => {
    await addMaps('a1', 'b1', 'a2', 'b2', 'a3');
    const first = (await api.get(`${maps}?limit=2&labelSelector=first%3Da`)).object;
    assert.deepEqual([names(first), first['metadata'].remainingItemCount], ['a1 a2', undefined]);
    const next = encodeURIComponent(first['metadata'].continue);
    const second = (await api.get(`${maps}?limit=2&labelSelector=first%3Da&continue=${next}`)).object;
    assert.deepEqual([names(second), second['metadata'].continue], ['a3', undefined]);
  });

  test('of a revision that is compacted is a 410, with a token to go on with the newest', async () => {
    await addMaps('a', 'b', 'c');
    const first = (await api.get(`${maps}?limit=1`)).object;
    await api.delete(`${maps}/b`);
    await api.store.compact(api.store.revision());
    const next = encodeURIComponent(first['metadata'].continue);
    const { code, object } = await api.get(`${maps}?limit=1&continue=${next}`);
    assert.deepEqual([code, object['reason']], [410, 'Expired']);
    const anew = encodeURIComponent(object['metadata'].continue);
    assert.equal(names((await api.get(`${maps}?limit=1&continue=${anew}`)).object), 'c');
  });

  test('a token that is not ours is refused', async () => {
    assert.equal((await api.get(`${maps}?continue=abc`)).code, 400);
    assert.equal((await api.get(`${maps}?limit=-1`)).code, 422);
  });
});

describe('resourceVersion of a list', () => {
  test('Exact shows the past; "", "0" and NotOlderThan the newest', async () => {
    await addMaps('a');
    const then = api.store.revision();
    await addMaps('b');
    assert.equal(
      names((await api.get(`${maps}?resourceVersion=${then}&resourceVersionMatch=Exact`)).object),
      'a',
    );
    for (const query of [
      'resourceVersion=',
      'resourceVersion=0',
      `resourceVersion=${then}`,
      `resourceVersion=${then}&resourceVersionMatch=NotOlderThan`,
    ])
      assert.equal(names((await api.get(`${maps}?${query}`)).object), 'a b', query);
  });

  test('a compacted one is Expired, one of the future is a timeout, and what is no number is refused', async () => {
    await addMaps('a', 'b');
    await api.store.compact(api.store.revision());
    const old = await api.get(`${maps}?resourceVersion=2&resourceVersionMatch=Exact`);
    assert.deepEqual([old.code, old.object['reason']], [410, 'Expired']);
    const future = await api.get(`${maps}?resourceVersion=999`);
    assert.equal(future.code, 504);
    assert.equal(future.object['details'].causes[0].reason, 'ResourceVersionTooLarge');
    assert.equal((await api.get(`${maps}?resourceVersion=abc`)).code, 400);
    assert.equal((await api.get(`${maps}?resourceVersionMatch=Exact`)).code, 422);
    assert.equal((await api.get(`${maps}?resourceVersion=0&resourceVersionMatch=Exact`)).code, 422);
  });
});

describe('tables and metadata', () => {
  test('a Table has the columns that kubectl prints, and the metadata of each object', async () => {
    await api.post(pods, podYaml('web'));
    const { object } = await api.get(pods, tableAccept);
    assert.equal(object['kind'], 'Table');
    assert.deepEqual(
      object['columnDefinitions'].slice(0, 4).map((c: Loose) => c['name']),
      ['Name', 'Ready', 'Status', 'Restarts'],
    );
    assert.deepEqual(object['rows'][0].cells.slice(0, 3), ['web', '0/1', 'Pending']);
    assert.equal(object['rows'][0].object.kind, 'PartialObjectMetadata');
    assert.equal(object['metadata'].resourceVersion, String(api.store.revision()));
  });

  test('includeObject says what a row carries', async () => {
    await api.post(pods, podYaml('web'));
    const none = await api.get(`${pods}?includeObject=None`, tableAccept);
    assert.equal(none.object['rows'][0].object, undefined);
    const whole = await api.get(`${pods}/web?includeObject=Object`, tableAccept);
    assert.equal(whole.object['rows'][0].object.spec.containers[0].name, 'web');
  });

  test('a long table is the same as a short one, row by row', async () => {
    const all = Array.from({ length: 250 }, (_, i) => `m${String(i).padStart(3, '0')}`);
    await addMaps(...all);
    const { object } = await api.get(maps, tableAccept);
    assert.deepEqual(
      object['rows'].map((row: Loose) => row['cells'][0]),
      all,
    );
  });

  test('PartialObjectMetadata leaves out the rest', async () => {
    await api.post(maps, '{metadata: {name: a}, data: {x: "1"}}');
    const { object } = await api.get(maps, {
      accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    });
    assert.equal(object['kind'], 'PartialObjectMetadataList');
    assert.equal(object['items'][0].metadata.name, 'a');
    assert.equal(object['items'][0].data, undefined);
  });

  test('who accepts nothing that there is gets a 406', async () => {
    assert.equal((await api.get(maps, { accept: 'image/png' })).code, 406);
  });
});

test('ten thousand pods are listed in parts, between which others get their turn', async () => {
  const pod = (await api.post(pods, podYaml('first'))).object;
  await Promise.all(
    Array.from({ length: 10_000 }, (_, i) =>
      api.store.put(
        `/core/pods/default/p${i}`,
        { ...pod, metadata: { ...pod['metadata'], name: `p${i}` } },
        0,
      ),
    ),
  );
  const answer = await api.ask({ url: pods });
  assert.ok('jsonParts' in answer && answer.jsonParts);
  const parts = [...answer.jsonParts()].map((part) => part.length);
  const characters = parts.reduce((sum, length) => sum + length, 0);
  assert.ok(characters > 5_000_000);
  assert.ok(Math.max(...parts) < characters / 10, 'no part is so large that others wait long for their turn');
});
