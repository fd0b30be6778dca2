/** Requests about thousands of objects: the answer is whole, and others get their turn meanwhile. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type TestApi, testApi } from './testing/testApi.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const count = 2500;

let api: TestApi;
beforeEach(async () => {
  api = testApi();
  for (let i = 0; i < count; i++) {
    const name = `m${String(i).padStart(4, '0')}`;
    const labels = { odd: String(i % 2) };
    await api.store.put(
      `/core/configmaps/default/${name}`,
      { metadata: { name, namespace: 'default', labels } } as never,
      0,
    );
  }
});
afterEach(() => api.close());

/** How often others had their turn while it worked. */
async function turnsDuring<T>(work: () => Promise<T>): Promise<{ result: T; turns: number }> {
  let turns = 0;
  let going = true;
  const count = () => {
    turns++;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  const result = await work();
  going = false;
  return { result, turns };
}

describe('of thousands of objects', () => {
  test('those that a selector means are listed', async () => {
    const { result, turns } = await turnsDuring(() => api.get(`${maps}?labelSelector=odd%3D1`));
    assert.equal(result.object['items'].length, count / 2);
    assert.equal(result.object['items'][0].metadata.name, 'm0001');
    assert.ok(turns >= 2);
  });

  test('pages of those that a selector means are full', async () => {
    const { object } = await api.get(`${maps}?labelSelector=odd%3D1&limit=1000`);
    assert.equal(object['items'].length, 1000);
    const rest = await api.get(
      `${maps}?labelSelector=odd%3D1&limit=1000&continue=${encodeURIComponent(object['metadata'].continue)}`,
    );
    assert.equal(rest.object['items'].length, 250);
  });

  test('those that a selector means are deleted, and told', async () => {
    const { result, turns } = await turnsDuring(() => api.delete(`${maps}?labelSelector=odd%3D1`));
    assert.equal(result.object['items'].length, count / 2);
    assert.ok(turns >= 10);
    const { object } = await api.get(maps);
    assert.equal(object['items'].length, count / 2);
    assert.ok(
      object['items'].every(
        (item: { metadata: { labels: { odd: string } } }) => item.metadata.labels.odd === '0',
      ),
    );
  });

  test('a watch begins with those that a selector means', async () => {
    const watch = await api.watch(`${maps}?watch=true&labelSelector=odd%3D1`);
    const told = await watch.next(count / 2);
    assert.equal(told.length, count / 2);
    watch.stop();
  });

  test('only the metadata are told in parts too', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const { object } = await api.get(maps, { accept });
    assert.equal(object['items'].length, count);
    assert.equal(object['kind'], 'PartialObjectMetadataList');
  });
});

test('an object of hundreds of kilobytes is written in steps', async () => {
  const data = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 'x'.repeat(20)]));
  const body = JSON.stringify({ metadata: { name: 'large' }, data });
  const created = await turnsDuring(() => api.post(maps, body));
  assert.equal(created.result.code, 201);
  assert.ok(created.turns >= 4);
  const patched = await turnsDuring(() => api.patch(`${maps}/large`, '{"data": {"k1": "new"}}'));
  assert.equal(patched.result.object['data'].k1, 'new');
  assert.ok(patched.turns >= 3);
});
