/**
 * What a controller wrote itself and its informer has not seen yet. Without it a controller that is
 * faster than the watch would create everything twice; with it, it need not wait for the watch either.
 */
import type { KubeObject } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';

interface Write<T> {
  object: T;
  deleted: boolean;
  at: number;
}

export interface OwnWrites<T extends KubeObject> {
  /** Call with the server's answer to a create or update. */
  wrote(object: T): void;
  /** Call after a delete of this object was accepted. */
  deleted(object: T): void;
  /** `known` as it is after our own writes; of the objects not in it, those that `selects`. */
  over(known: readonly T[], selects: (object: T) => boolean): T[];
}

/** A watch that is this late is broken, or we missed that the object came and went meanwhile. */
const forgetAfterMs = 60_000;

const versionOf = (object: KubeObject): number => Number(object.metadata.resourceVersion ?? 0);

export function ownWrites<T extends KubeObject>(informer: Informer<T>, clock: Clock): OwnWrites<T> {
  const writes = new Map<string, Write<T>>();

  informer.onChange((now, before) => {
    const object = now ?? before;
    const write = object && writes.get(keyOf(object));
    if (write && isSeen(write, now)) writes.delete(keyOf(write.object));
  });

  function note(object: T, deleted: boolean): void {
    const write = { object, deleted, at: clock.now() };
    const known = informer.get(keyOf(object));
    if (deleted ? known === undefined || isSeen(write, known) : known && isSeen(write, known)) return;
    writes.set(keyOf(object), write);
  }

  return {
    wrote: (object) => note(object, false),
    deleted: (object) => note(object, true),
    over(known, selects) {
      if (writes.size === 0) return [...known];
      const seen = new Set<string>();
      const result: T[] = [];
      for (const object of known) {
        const key = keyOf(object);
        seen.add(key);
        const write = writes.get(key);
        if (!write) result.push(object);
        else if (!write.deleted) result.push(write.object);
      }
      for (const [key, write] of writes) {
        if (clock.now() - write.at > forgetAfterMs) writes.delete(key);
        else if (!seen.has(key) && !write.deleted && selects(write.object)) result.push(write.object);
      }
      return result;
    },
  };
}

function isSeen<T extends KubeObject>(write: Write<T>, now: T | undefined): boolean {
  if (!now) return true;
  if (now.metadata.uid !== write.object.metadata.uid) return versionOf(now) >= versionOf(write.object);
  if (write.deleted) return now.metadata.deletionTimestamp !== undefined;
  return versionOf(now) >= versionOf(write.object);
}
