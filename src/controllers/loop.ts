/**
 * The one engine of all controllers: informers tell changes, a controller says which keys they mean,
 * and each key is synced, one at a time, until it succeeds. What differs between controllers stands
 * in their folders: `desired.ts` decides, `index.ts` watches and acts.
 */
import type { Resource } from '../api/resource.ts';
import type { KubeObject } from '../api/types.ts';
import type { Client, Informer } from '../client/contract.ts';
import { type EventRecorder, eventRecorder } from '../client/events.ts';
import { workQueue } from '../client/queue.ts';
import type { Informers } from '../client/shared.ts';
import type { Clock } from '../lib/clock.ts';
import type { ControllerConfig } from './config.ts';

export interface Controller {
  /** As it stands in events: `replicaset-controller`. */
  readonly name: string;
  /** Keys that are synced at the same time; 1 when absent. */
  readonly concurrency?: number;
  /** After a sync a key rests so long, so that a burst of changes costs one sync and not a hundred. */
  readonly restMs?: number;
  /** Declares what is watched; resolves a key to work when it is called. */
  start(context: Context): Sync;
}

/** Brings the world of this key one step nearer to what is wanted; called again when something changes. */
export type Sync = (key: string) => Promise<void>;

/** Keys that a change is about; nothing when it does not matter. */
export type KeysOf<T> = (now: T | undefined, before: T | undefined) => Iterable<string>;

export interface Context {
  readonly client: Client;
  readonly informers: Informers;
  readonly config: ControllerConfig;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly events: EventRecorder;
  /** The shared informer of the kind, whose changes mean work on these keys. */
  watch<T extends KubeObject>(resource: Resource<T>, keysOf: KeysOf<T>): Informer<T>;
  /** The shared informer of the kind, only to look things up; syncs wait until it is complete. */
  look<T extends KubeObject>(resource: Resource<T>): Informer<T>;
  add(key: string): void;
  /** Syncs the key again after this time, for what no change tells. */
  again(key: string, delayMs: number): void;
}

export type Surroundings = Pick<Context, 'client' | 'informers' | 'config' | 'clock' | 'signal'>;

/** Resolves with a function that waits until the controller has nothing to do (for tests). */
export function run(controller: Controller, surroundings: Surroundings): { idle(): Promise<void> } {
  const { client, informers, clock, signal } = surroundings;
  const synced: Promise<void>[] = [];
  const resting = new Set<string>();
  let sync: Sync | undefined;

  const queue = workQueue({
    name: controller.name,
    concurrency: controller.concurrency ?? 1,
    clock,
    signal,
    process: async (key) => {
      await ready;
      await sync?.(key);
      rest(key);
    },
  });

  const add = (key: string): void =>
    resting.has(key) ? queue.addAfter(key, controller.restMs ?? 0) : queue.add(key);

  function rest(key: string): void {
    if (!controller.restMs) return;
    resting.add(key);
    void clock.sleep(controller.restMs, signal).then(() => resting.delete(key));
  }

  function look<T extends KubeObject>(resource: Resource<T>): Informer<T> {
    const informer = informers.of(resource);
    synced.push(informer.synced);
    return informer;
  }

  function watch<T extends KubeObject>(resource: Resource<T>, keysOf: KeysOf<T>): Informer<T> {
    const informer = look(resource);
    informer.onChange((now, before) => {
      if (signal.aborted) return;
      for (const key of keysOf(now, before)) add(key);
    });
    return informer;
  }

  const events = eventRecorder(client, controller.name, '', clock);
  sync = controller.start({ ...surroundings, events, watch, look, add, again: queue.addAfter });
  const ready = Promise.all(synced);
  return { idle: () => queue.idle() };
}
