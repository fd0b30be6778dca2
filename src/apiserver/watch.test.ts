import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type TestApi, testApi } from './testing/testApi.ts';

const maps = '/api/v1/namespaces/default/configmaps';

let api: TestApi;
beforeEach(() => {
  api = testApi();
});
afterEach(() => api.close());

const add = (name: string, color = 'red') =>
  api.post(maps, `{metadata: {name: ${name}, labels: {color: ${color}}}}`);
const paint = (name: string, color: string) =>
  api.patch(`${maps}/${name}`, `{"metadata":{"labels":{"color":"${color}"}}}`);

describe('watch', () => {
  test('without a version begins with what is there, then tells what happens', async () => {
    await add('a');
    const watch = await api.watch(`${maps}?watch=true`);
    assert.deepEqual(await watch.next(1), ['ADDED a']);
    await add('b');
    await paint('a', 'blue');
    await api.delete(`${maps}/b`);
    assert.deepEqual(await watch.next(3), ['ADDED b', 'MODIFIED a', 'DELETED b']);
    watch.stop();
    assert.deepEqual(await watch.next(1), []);
  });

  test('from a version tells what happened since', async () => {
    await add('a');
    const then = api.store.revision();
    await add('b');
    await api.delete(`${maps}/a`);
    const watch = await api.watch(`${maps}?watch=1&resourceVersion=${then}`);
    const events = await watch.nextEvents(2);
    assert.deepEqual(
      events.map(({ type, object }) => `${type} ${object['metadata'].name}`),
      ['ADDED b', 'DELETED a'],
    );
    // A deleted object comes with the revision of its end, so that a watch can go on from there.
    assert.equal(events[1]?.object['metadata'].resourceVersion, String(api.store.revision()));
    watch.stop();
  });

  test('of one namespace hears nothing of another', async () => {
    const watch = await api.watch(`${maps}?watch=true`);
    const all = await api.watch('/api/v1/configmaps?watch=true');
    await api.post('/api/v1/namespaces/other/configmaps', '{metadata: {name: x}}');
    await add('a');
    assert.deepEqual(await watch.next(1), ['ADDED a']);
    assert.deepEqual(await all.next(2), ['ADDED x', 'ADDED a']);
    watch.stop();
    all.stop();
  });

  test('with a selector sees objects come into it and leave it', async () => {
    await add('a', 'red');
    await add('b', 'blue');
    const watch = await api.watch(`${maps}?watch=true&labelSelector=color%3Dred`);
    assert.deepEqual(await watch.next(1), ['ADDED a']);
    await paint('b', 'red');
    await paint('a', 'blue');
    await paint('a', 'green');
    await api.delete(`${maps}/a`);
    await api.patch(`${maps}/b`, '{"data":{"x":"1"}}');
    await api.delete(`${maps}/b`);
    const events = await watch.nextEvents(4);
    assert.deepEqual(
      events.map(({ type, object }) => `${type} ${object['metadata'].name}`),
      ['ADDED b', 'DELETED a', 'MODIFIED b', 'DELETED b'],
    );
    // As it was when it still was in the selection, at the revision at which it left.
    assert.equal(events[1]?.object['metadata'].labels.color, 'red');
    assert.ok(Number(events[1]?.object['metadata'].resourceVersion) > 4);
    watch.stop();
  });

  test('of one object by its name', async () => {
    const watch = await api.watch(`${maps}?watch=true&fieldSelector=metadata.name%3Db`);
    await add('a');
    await add('b');
    assert.deepEqual(await watch.next(1), ['ADDED b']);
    watch.stop();
  });

  test('all watches share one event and one text', async () => {
    const urls = [`${maps}?watch=true`, '/api/v1/configmaps?watch=true'];
    const answers = await Promise.all(urls.map((url) => api.ask({ url })));
    await add('a');
    const events = await Promise.all(
      answers.map(async (answer) => {
        assert.ok('events' in answer);
        return (await answer.events[Symbol.asyncIterator]().next()).value?.[0];
      }),
    );
    assert.ok(events[0]);
    assert.equal(events[0], events[1]);
  });

  test('sendInitialEvents tells when the initial events are over', async () => {
    await add('a');
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await api.watch(`${maps}?${query}`);
    const events = await watch.nextEvents(2);
    assert.deepEqual(
      events.map((event) => event.type),
      ['ADDED', 'BOOKMARK'],
    );
    assert.deepEqual(events[1]?.object, {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: {
        resourceVersion: String(api.store.revision()),
        annotations: { 'k8s.io/initial-events-end': 'true' },
      },
    });
    watch.stop();
  });

  test('a quiet watch gets bookmarks if it asked for them', async () => {
    await add('a');
    const watch = await api.watch(
      `/api/v1/secrets?watch=true&allowWatchBookmarks=true&resourceVersion=${api.store.revision()}`,
    );
    const next = watch.nextEvents(1);
    await add('b');
    api.clock.advance(60_000);
    const [event] = await next;
    assert.deepEqual(
      [event?.type, event?.object['metadata'].resourceVersion],
      ['BOOKMARK', String(api.store.revision())],
    );
    watch.stop();
  });

  test('ends after timeoutSeconds', async () => {
    const watch = await api.watch(`${maps}?watch=true&timeoutSeconds=5`);
    const next = watch.next(1);
    api.clock.advance(5000);
    assert.deepEqual(await next, []);
  });

  test('from a version that is too old is a 410, from one of the future a timeout', async () => {
    await add('a');
    await add('b');
    await api.store.compact(api.store.revision());
    const { code, object } = await api.get(`${maps}?watch=true&resourceVersion=2`);
    assert.deepEqual([code, object['reason']], [410, 'Expired']);
    assert.match(object['message'], /^too old resource version: 2 \(3\)$/);
    assert.equal((await api.get(`${maps}?watch=true&resourceVersion=999`)).code, 504);
  });

  test('that does not read for too long ends with an ERROR event 410', async () => {
    const watch = await api.watch(`${maps}?watch=true`);
    for (let i = 0; i < 120; i++) await add(`m${i}`);
    const [event] = await watch.nextEvents(1);
    assert.deepEqual(
      [event?.type, event?.object['code'], event?.object['reason']],
      ['ERROR', 410, 'Expired'],
    );
    assert.deepEqual(await watch.next(1), []);
  });

  test('of a Table has a row an event', async () => {
    const stop = new AbortController();
    const answer = await api.ask({
      url: `${maps}?watch=true`,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
      signal: stop.signal,
    });
    await add('a');
    assert.ok('events' in answer);
    const { value } = await answer.events[Symbol.asyncIterator]().next();
    const table = value?.[0]?.object as { kind: string; rows: { cells: unknown[] }[] };
    assert.deepEqual([table.kind, table.rows[0]?.cells[0]], ['Table', 'a']);
    stop.abort();
  });

  test('refuses combinations that make no sense', async () => {
    for (const query of [
      'resourceVersionMatch=Exact',
      'sendInitialEvents=true&allowWatchBookmarks=true',
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
    ])
      assert.equal((await api.get(`${maps}?watch=true&${query}`)).code, 422, query);
  });
});
