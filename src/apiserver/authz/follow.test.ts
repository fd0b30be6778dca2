import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../api/types.ts';
import { FakeClock } from '../../lib/clock.ts';
import { openMemory, type Store } from '../../store/index.ts';
import { type Follower, follow } from './follow.ts';

const object = (name: string): KubeObject => ({ kind: 'Role', metadata: { name } });

/** Knows what it was told last, and how often everything began anew. */
function listener(...prefixes: string[]) {
  const names = new Set<string>();
  let beginnings = 0;
  const follower: Follower = {
    prefixes,
    set: ({ metadata }) => void names.add(metadata.name),
    remove: ({ metadata }) => void names.delete(metadata.name),
    clear() {
      names.clear();
      beginnings++;
    },
  };
  return { follower, known: () => [...names].sort(), beginnings: () => beginnings };
}

const clock = new FakeClock();

async function opened(t: { after(clean: () => Promise<void>): void }, history = 1000): Promise<Store> {
  const store = openMemory({ clock, history: { changes: history, characters: 1e6 } });
  t.after(() => store.close());
  return store;
}

describe('a follower', () => {
  test('knows what was there before it, and nothing of other kinds', async (t) => {
    const store = await opened(t);
    await store.put('/rbac/roles/a', object('a'), 0);
    await store.put('/core/pods/b', object('b'), 0);
    const { follower, known } = listener('/rbac/roles/');
    const following = await follow(store, [follower], clock);
    assert.deepEqual(known(), ['a']);
    assert.equal(following.caughtUp(), undefined);
  });

  test('knows every acknowledged write when it has caught up', async (t) => {
    const store = await opened(t);
    const { follower, known } = listener('/rbac/roles/', '/core/pods/');
    const following = await follow(store, [follower], clock);
    for (let i = 0; i < 50; i++) {
      const [role] = await Promise.all([
        store.put(`/rbac/roles/${i}`, object(`role-${i}`), 0),
        store.put(`/core/pods/${i}`, object(`pod-${i}`), 0),
        store.put(`/core/events/${i}`, object(`event-${i}`), 0),
      ]);
      await following.caughtUp();
      assert.deepEqual(known(), [`pod-${i}`, `role-${i}`]);
      await store.delete(role.key, role.revision);
      await following.caughtUp();
      assert.deepEqual(known(), [`pod-${i}`]);
      await store.delete(`/core/pods/${i}`, (await store.get(`/core/pods/${i}`))?.revision ?? 0);
    }
  });

  test('that fell behind begins again from what is there', async (t) => {
    const store = await opened(t, 10);
    const { follower, known, beginnings } = listener('/rbac/roles/');
    const slow = withStalledWatch(store);
    const following = await follow(slow.store, [follower], clock);
    assert.equal(beginnings(), 1);
    for (let i = 0; i < 50; i++) await store.put(`/rbac/roles/${i}`, object(`${i}`), 0);
    const caughtUp = following.caughtUp();
    slow.goOn();
    await caughtUp;
    assert.equal(beginnings(), 2);
    assert.equal(known().length, 50);
  });

  test('that hears nothing holds a request up for a second and no longer', async (t) => {
    const store = await opened(t);
    const slow = withStalledWatch(store);
    const following = await follow(slow.store, [listener('/rbac/roles/').follower], clock);
    await store.put('/rbac/roles/a', object('a'), 0);
    let decided = false;
    const waited = following.caughtUp()?.then(() => (decided = true));
    clock.advance(999);
    await new Promise(setImmediate);
    assert.equal(decided, false);
    clock.advance(1);
    await waited;
    assert.equal(decided, true);
    slow.goOn();
  });
});

/** Its first watch says nothing until it is told to go on. */
function withStalledWatch(store: Store): { store: Store; goOn: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stalled: Pick<Store, 'watch'> = {
    watch(prefix, after) {
      const stream = store.watch(prefix, after);
      return {
        close: () => stream.close(),
        async *[Symbol.asyncIterator]() {
          await promise;
          yield* stream;
        },
      };
    },
  };
  const wrapped = new Proxy(store, {
    get: (target, name: keyof Store) => (name === 'watch' ? stalled.watch : target[name].bind(target)),
  });
  return { store: wrapped, goOn: resolve };
}
