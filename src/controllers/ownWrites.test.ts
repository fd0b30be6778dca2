import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConfigMap } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import { FakeClock } from '../lib/clock.ts';
import { ownWrites } from './ownWrites.ts';

const object = (name: string, version: number): ConfigMap => ({
  metadata: { name, uid: name, resourceVersion: String(version) },
});

function watched(...objects: ConfigMap[]) {
  const known = new Map(objects.map((o) => [keyOf(o), o]));
  const listeners: Parameters<Informer<ConfigMap>['onChange']>[0][] = [];
  const informer = {
    get: (key: string) => known.get(key),
    onChange: (listener: (typeof listeners)[number]) => void listeners.push(listener),
  } as Informer<ConfigMap>;
  const see = (now: ConfigMap | undefined, before?: ConfigMap) => {
    if (now) known.set(keyOf(now), now);
    else if (before) known.delete(keyOf(before));
    for (const listener of listeners) listener(now, before);
  };
  return { informer, see, known: () => [...known.values()] };
}

const versions = (objects: ConfigMap[]) =>
  objects.map((o) => `${o.metadata.name}@${o.metadata.resourceVersion}`);
const all = () => true;

describe('own writes', () => {
  test('are seen before the watch tells of them, and given up when it does', () => {
    const { informer, see, known } = watched(object('a', 1));
    const written = ownWrites(informer, new FakeClock());
    written.wrote(object('a', 2));
    written.wrote(object('b', 3));
    assert.deepEqual(versions(written.over(known(), all)), ['a@2', 'b@3']);
    see(object('a', 2));
    see(object('b', 4));
    assert.deepEqual(versions(written.over(known(), all)), ['a@2', 'b@4']);
  });

  test('that the watch told of already are not kept', () => {
    const { informer, known } = watched(object('a', 5));
    const written = ownWrites(informer, new FakeClock());
    written.wrote(object('a', 4));
    assert.deepEqual(versions(written.over(known(), all)), ['a@5']);
  });

  test('hide what was deleted until the watch says so', () => {
    const a = object('a', 1);
    const { informer, see, known } = watched(a);
    const written = ownWrites(informer, new FakeClock());
    written.deleted(a);
    assert.deepEqual(written.over(known(), all), []);
    see(undefined, a);
    see(object('a', 7));
    assert.deepEqual(versions(written.over(known(), all)), ['a@7']);
  });

  test('of others are not mixed in', () => {
    const { informer } = watched();
    const written = ownWrites(informer, new FakeClock());
    written.wrote(object('a', 1));
    assert.deepEqual(
      written.over([], (o) => o.metadata.name === 'b'),
      [],
    );
  });

  test('that are never told of are forgotten after a while', () => {
    const clock = new FakeClock();
    const { informer } = watched();
    const written = ownWrites(informer, clock);
    written.wrote(object('a', 1));
    clock.advance(61_000);
    assert.deepEqual(written.over([], all), []);
  });
});
