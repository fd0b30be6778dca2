/** What every store must do. Each store's own test calls this with a function that opens an empty one. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { KubeObject } from '../api/types.ts';
import { FakeClock } from '../lib/clock.ts';
import { type Change, Compacted, type Entry, Mismatch, type Store, TooSlow } from './contract.ts';
import type { EngineOptions } from './engine.ts';

const named = (name: string, data: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...data,
});

const names = (entries: readonly Entry[]) => entries.map((entry) => entry.object.metadata.name);
const told = (changes: readonly Change[]) => changes.map((c) => `${c.type} ${c.entry.object.metadata.name}`);

/** The next changes of a watch; progress is passed over. */
async function nextChanges(iterator: AsyncIterator<Change[] | { progress: number }>): Promise<Change[]> {
  for (;;) {
    const { value, done } = await iterator.next();
    if (done) return [];
    if (Array.isArray(value)) return value as Change[];
  }
}

export function storeContract(name: string, open: (options: EngineOptions) => Promise<Store>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let store: Store;
    let clock: FakeClock;
    beforeEach(async () => {
      clock = new FakeClock();
      store = await open({ clock, history: { changes: 100, characters: 1e6 } });
    });
    afterEach(() => store.close());

    const put = (key: string, expected = 0, data = {}) =>
      store.put(key, named(key.split('/').at(-1) ?? '', data), expected);

    test('an object that was put can be got, with its revision in the metadata and in the text', async () => {
      const entry = await put('/c/a');
      assert.deepEqual(await store.get('/c/a'), entry);
      assert.equal(entry.object.metadata.resourceVersion, String(entry.revision));
      assert.deepEqual(JSON.parse(entry.json), entry.object);
      assert.equal(store.revision(), entry.revision);
      assert.equal(await store.get('/c/b'), undefined);
    });

    test('the object that was handed over is not changed', async () => {
      const object = named('a');
      await store.put('/c/a', object, 0);
      assert.equal(object.metadata.resourceVersion, undefined);
    });

    test('a write that expects another revision is refused with what stands there', async () => {
      const first = await put('/c/a');
      await assert.rejects(put('/c/a'), (err) => err instanceof Mismatch && err.actual === first);
      await assert.rejects(put('/c/b', 7), (err) => err instanceof Mismatch && err.actual === undefined);
      await assert.rejects(store.delete('/c/a', 1), Mismatch);
      await assert.rejects(store.delete('/c/b', 0), Mismatch);
      assert.deepEqual(await store.get('/c/a'), first);
    });

    test('of two writes at once that expect the same, one wins', async () => {
      const results = await Promise.allSettled([put('/c/a', 0, { n: 1 }), put('/c/a', 0, { n: 2 })]);
      assert.deepEqual(
        results.map((r) => r.status),
        ['fulfilled', 'rejected'],
      );
      const lost = results[1] as PromiseRejectedResult;
      assert.ok(lost.reason instanceof Mismatch);
      // Whoever lost sees what it lost against.
      assert.deepEqual(lost.reason.actual, await store.get('/c/a'));
    });

    test('several writes in one commit are all made, in their order, or none of them', async () => {
      const old = await put('/c/old');
      const watch = store.watch('/c/', old.revision)[Symbol.asyncIterator]();
      const both = (expected: number) =>
        store.commit([
          { key: '/c/new', object: named('new'), expected },
          { key: '/c/old', expected: old.revision },
        ]);
      await assert.rejects(both(7), (err) => err instanceof Mismatch && err.key === '/c/new');
      assert.deepEqual(await store.get('/c/old'), old);
      assert.equal(store.revision(), old.revision);
      const [made, gone] = await both(0);
      assert.ok(made && gone && made.revision < gone.revision);
      assert.deepEqual(told(await nextChanges(watch)), ['put new', 'delete old']);
      assert.deepEqual(names((await store.list('/c/')).entries), ['new']);
      await assert.rejects(both(0), Mismatch);
      await assert.rejects(store.commit([{ key: '/c/none', expected: 0 }]), Mismatch);
    });

    test('a commit waits for what it may lose against', async () => {
      const first = put('/c/a');
      const lost = store.commit([
        { key: '/c/b', object: named('b'), expected: 0 },
        { key: '/c/a', object: named('a'), expected: 0 },
      ]);
      const { key, revision } = await first;
      await assert.rejects(lost, (err) => err instanceof Mismatch && err.actual?.revision === revision);
      assert.equal((await store.get(key))?.revision, revision);
      assert.equal(await store.get('/c/b'), undefined);
    });

    test('revisions grow with every write, deletes included', async () => {
      const a = await put('/c/a');
      const b = await put('/c/b');
      const gone = await store.delete('/c/a', a.revision);
      assert.ok(a.revision > 1 && b.revision > a.revision && gone.revision > b.revision);
      assert.equal(gone.object.metadata.resourceVersion, String(gone.revision));
      assert.equal(await store.get('/c/a'), undefined);
      assert.ok((await put('/c/a')).revision > gone.revision);
    });

    test('a listing holds the keys below its prefix, in order', async () => {
      for (const key of ['/c/b', '/c/a', '/cc/x', '/d/y', '/c/a/1', '/b/z']) await put(key);
      assert.deepEqual(names((await store.list('/c/')).entries), ['a', '1', 'b']);
      assert.equal((await store.list('')).entries.length, 6);
      assert.deepEqual(await store.list('/nothing/'), {
        entries: [],
        revision: store.revision(),
        remaining: 0,
      });
    });

    test('a listing in pages shows one revision, whatever is written in between', async () => {
      for (let i = 0; i < 10; i++) await put(`/c/${i}`);
      const first = await store.list('/c/', { limit: 4 });
      assert.deepEqual([names(first.entries).join(''), first.remaining], ['0123', 6]);
      const five = await store.get('/c/5');
      await store.delete('/c/5', five?.revision ?? 0);
      await put('/c/55');
      const six = await store.get('/c/6');
      await put('/c/6', six?.revision, { changed: true });
      const second = await store.list('/c/', { limit: 4, startAfter: '/c/3', revision: first.revision });
      assert.deepEqual([names(second.entries).join(''), second.remaining], ['4567', 2]);
      assert.deepEqual(second.entries[2], six);
      assert.deepEqual(
        names((await store.list('/c/', { startAfter: '/c/3' })).entries).join(),
        '4,55,6,7,8,9',
      );
    });

    test('a listing of a revision that was compacted is refused', async () => {
      const a = await put('/c/a');
      const b = await put('/c/b');
      await store.compact(b.revision);
      await assert.rejects(store.list('/c/', { revision: a.revision }), Compacted);
      assert.equal((await store.list('/c/', { revision: b.revision })).entries.length, 2);
    });

    test('a watch tells every change below its prefix, with what stood there before', async () => {
      const a = await put('/c/a');
      const watch = store.watch('/c/', a.revision)[Symbol.asyncIterator]();
      const b = await put('/c/b');
      await put('/d/other');
      const [added] = await nextChanges(watch);
      assert.deepEqual(added, { type: 'put', key: '/c/b', revision: b.revision, entry: b });
      const waiting = nextChanges(watch);
      const b2 = await put('/c/b', b.revision, { changed: true });
      assert.deepEqual(await waiting, [
        { type: 'put', key: '/c/b', revision: b2.revision, entry: b2, previous: b },
      ]);
      const gone = await store.delete('/c/b', b2.revision);
      assert.deepEqual(await nextChanges(watch), [
        { type: 'delete', key: '/c/b', revision: gone.revision, entry: gone, previous: b2 },
      ]);
    });

    test('a watch that begins in the past tells what happened since, then what happens', async () => {
      const a = await put('/c/a');
      await put('/c/b');
      await put('/d/other');
      await store.delete('/c/a', a.revision);
      const watch = store.watch('/c/', a.revision)[Symbol.asyncIterator]();
      assert.deepEqual(told(await nextChanges(watch)), ['put b', 'delete a']);
      await put('/c/c');
      assert.deepEqual(told(await nextChanges(watch)), ['put c']);
    });

    test('a watch sees a write only once it was acknowledged, and never late', async () => {
      const seen: number[] = [];
      const watch = store.watch('/c/', store.revision());
      const reading = (async () => {
        for await (const changes of watch)
          if (Array.isArray(changes)) seen.push(...changes.map((change) => change.revision));
      })();
      for (let i = 0; i < 20; i++) {
        const { revision } = await put(`/c/${i}`);
        await new Promise(setImmediate);
        assert.equal(seen.at(-1), revision);
        assert.equal(store.revision(), revision);
      }
      watch.close();
      await reading;
    });

    test('a watch from a compacted revision is refused at once', async () => {
      const a = await put('/c/a');
      const b = await put('/c/b');
      await store.compact(b.revision);
      assert.throws(() => store.watch('/c/', a.revision), Compacted);
      store.watch('/c/', b.revision).close();
    });

    test('history is bounded: after enough changes the first are forgotten', async () => {
      const first = await put('/c/first');
      for (let i = 0; i < 101; i++) await put(`/c/${i}`);
      assert.throws(() => store.watch('/c/', first.revision), Compacted);
      store.watch('/c/', first.revision + 1).close();
    });

    test('a watcher that does not read is ended, one that reads sees everything', async () => {
      const slow = store.watch('/c/', store.revision())[Symbol.asyncIterator]();
      const quick = store.watch('/c/', store.revision())[Symbol.asyncIterator]();
      for (let i = 0; i < 150; i++) {
        await put(`/c/${i}`);
        assert.deepEqual(told(await nextChanges(quick)), [`put ${i}`]);
      }
      await assert.rejects(slow.next(), TooSlow);
      assert.deepEqual(await slow.next(), { done: true, value: undefined });
    });

    test('a quiet watch is not too slow, however much happens elsewhere', async () => {
      const watch = store.watch('/quiet/', store.revision())[Symbol.asyncIterator]();
      const next = nextChanges(watch);
      for (let i = 0; i < 150; i++) await put(`/c/${i}`);
      await put('/quiet/a');
      assert.deepEqual(told(await next), ['put a']);
    });

    test('a quiet watch is told how far it has seen', async () => {
      const watch = store.watch('/quiet/', store.revision())[Symbol.asyncIterator]();
      const next = watch.next();
      const { revision } = await put('/c/a');
      clock.advance(60_000);
      assert.deepEqual((await next).value, { progress: revision });
    });

    test('a closed watch ends, also while somebody waits for it', async () => {
      const watch = store.watch('/c/', store.revision());
      const iterator = watch[Symbol.asyncIterator]();
      const waiting = iterator.next();
      watch.close();
      assert.equal((await waiting).done, true);
      assert.equal((await iterator.next()).done, true);
    });

    test('an object with a time to live is deleted when that is over, and the watch tells', async () => {
      await store.put('/e/short', named('short'), 0, { ttlSeconds: 10 });
      await store.put('/e/long', named('long'), 0, { ttlSeconds: 20 });
      const watch = store.watch('/e/', store.revision())[Symbol.asyncIterator]();
      clock.advance(9000);
      assert.ok(await store.get('/e/short'));
      clock.advance(1000);
      assert.deepEqual(told(await nextChanges(watch)), ['delete short']);
      assert.deepEqual(names((await store.list('/e/')).entries), ['long']);
      // The timer for the next one is set by now.
      clock.advance(10_000);
      assert.deepEqual(told(await nextChanges(watch)), ['delete long']);
    });

    test('a write gives an object a new time to live', async () => {
      const first = await store.put('/e/a', named('a'), 0, { ttlSeconds: 10 });
      await store.put('/e/a', named('a'), first.revision, { ttlSeconds: 30 });
      clock.advance(15_000);
      await put('/c/later');
      assert.ok(await store.get('/e/a'));
    });

    test('many writes at once are all there, in the order they were made', async () => {
      const entries = await Promise.all(Array.from({ length: 500 }, (_, i) => put(`/c/${i}`)));
      assert.deepEqual(
        entries.map((entry) => entry.revision),
        entries.map((entry) => entry.revision).toSorted((a, b) => a - b),
      );
      assert.equal((await store.list('/c/')).entries.length, 500);
    });

    test('a closed store refuses writes', async () => {
      await store.close();
      await assert.rejects(put('/c/a'), /Cannot write \/c\/a: the store is closed/);
    });
  });
}
