import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isConflict, isExpired, isNotFound } from '../api/errors.ts';
import { configMaps, deployments, pods } from '../api/resource.ts';
import type { Client } from '../client/contract.ts';
import { localClient } from './local.ts';
import { admin, type TestApi, testApi } from './testing/testApi.ts';

let api: TestApi;
let client: Client;
beforeEach(() => {
  api = testApi();
  client = localClient(api.handler, admin);
});
afterEach(() => api.close());

const map = (name: string, data: Record<string, string> = {}) => ({
  metadata: { name, namespace: 'default' },
  data,
});

describe('the local client', () => {
  test('creates, gets, lists, updates, patches and deletes', async () => {
    const made = await client.create(configMaps, map('a', { x: '1' }));
    assert.equal(made.metadata.resourceVersion, String(api.store.revision()));
    assert.equal((await client.get(configMaps, 'a', 'default')).data?.['x'], '1');
    await client.update(configMaps, { ...made, data: { x: '2' } });
    await client.patch(
      configMaps,
      { name: 'a', namespace: 'default' },
      { data: { y: '3' } },
      { type: 'merge' },
    );
    const { items } = await client.list(configMaps, { namespace: 'default', labelSelector: '!none' });
    assert.deepEqual(
      items.map((item) => item.data),
      [{ x: '2', y: '3' }],
    );
    await client.delete(configMaps, { name: 'a', namespace: 'default' }, { propagationPolicy: 'Background' });
    await assert.rejects(client.get(configMaps, 'a', 'default'), isNotFound);
  });

  test('gives objects out by reference', async () => {
    await client.create(configMaps, map('a'));
    const [one, other] = [
      await client.get(configMaps, 'a', 'default'),
      await client.get(configMaps, 'a', 'default'),
    ];
    assert.equal(one, other);
  });

  test('does not keep the object that it was given', async () => {
    const mine = map('a', { x: '1' });
    await client.create(configMaps, mine);
    mine.data['x'] = 'changed';
    assert.equal((await client.get(configMaps, 'a', 'default')).data?.['x'], '1');
  });

  test('failures are StatusErrors', async () => {
    const made = await client.create(configMaps, map('a'));
    await client.update(configMaps, { ...made, data: { x: '1' } });
    await assert.rejects(client.update(configMaps, { ...made, data: { x: '2' } }), isConflict);
  });

  test('writes status and scale, and posts bindings', async () => {
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const web = await client.create(deployments, {
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    });
    const status = await client.update(deployments, { ...web, status: { readyReplicas: 1 } }, 'status');
    assert.equal(status.status?.readyReplicas, 1);
    await client.create(pods, { metadata: { name: 'p', namespace: 'default' }, spec: template.spec });
    const target = { kind: 'Node', name: 'node-1' };
    await client.post(pods, { name: 'p', namespace: 'default' }, 'binding', { target });
    assert.equal((await client.get(pods, 'p', 'default')).spec?.nodeName, 'node-1');
  });

  test('watches, until its signal is aborted', async () => {
    const stop = new AbortController();
    const watch = client.watch(configMaps, { namespace: 'default', signal: stop.signal });
    const iterator = watch[Symbol.asyncIterator]();
    const first = iterator.next();
    await client.create(configMaps, map('a'));
    const { value } = await first;
    assert.deepEqual([value?.type, value?.object.metadata.name], ['ADDED', 'a']);
    stop.abort();
    assert.equal((await iterator.next()).done, true);
  });

  test('a watch from too long ago throws Expired', async () => {
    await client.create(configMaps, map('a'));
    await client.create(configMaps, map('b'));
    await api.store.compact(api.store.revision());
    const { signal } = new AbortController();
    const watch = client.watch(configMaps, { resourceVersion: '2', signal });
    await assert.rejects(watch[Symbol.asyncIterator]().next(), isExpired);
  });
});
