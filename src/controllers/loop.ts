/**
 * The one engine of all controllers: informers tell changes, a controller says which keys they mean,
 * and each key is synced, one at a time, until it succeeds. What differs between controllers stands
 * in their folders: `desired.ts` decides, `index.ts` watches and acts.
 */
import { StatusError } from '../api/errors.ts';
import type { Resource } from '../api/resource.ts';
import type { KubeObject } from '../api/types.ts';
import { type Client, type Informer, keyOf } from '../client/contract.ts';
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
  readonly start: (context: Context) => Sync;
}

/** Brings the world of this key one step nearer to what is wanted; called again when something changes. */
export type Sync = (key: string) => Promise<void>;

/** Keys that a change is about; nothing when it does not matter. */
export type KeysOf<T> = (now: T | undefined, before: T | undefined) => Iterable<string>;

/** For a controller whose keys are the objects themselves, gone ones too. */
export const itself = <T extends KubeObject>(now: T | undefined, before: T | undefined): string[] => {
  const object = now ?? before;
  return object ? [keyOf(object)] : [];
};

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
  readonly add: (key: string) => void;
  /** Syncs the key again after this time, for what no change tells. */
  readonly again: (key: string, delayMs: number) => void;
}

/** A timer of Node that is set for longer fires at once. A key that comes too early finds nothing to do. */
const longestTimerMs = 2 ** 31 - 1;

export type Surroundings = Pick<Context, 'client' | 'informers' | 'config' | 'clock' | 'signal'>;

/** Starts a controller; `idle` resolves when it has nothing to do. */
export function run(controller: Controller, surroundings: Surroundings): { idle(): Promise<void> } {
  const { client, informers, clock, signal } = surroundings;
  const synced: Promise<void>[] = [];
  /**
   * What an informer knows already it tells at once. Its controller has said all that it watches by then, for one
   * kind's keys are often looked up among another's.
   */
  const listening: (() => void)[] = [];
  const resting = new Set<string>();

  const queue = workQueue({
    name: controller.name,
    concurrency: controller.concurrency ?? 1,
    clock,
    signal,
    process: async (key) => {
      await ready;
      await sync(key).catch(unlessNamespaceEnds);
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

  const again = (key: string, delayMs: number): void =>
    queue.addAfter(key, Math.min(delayMs, longestTimerMs));

  function look<T extends KubeObject>(resource: Resource<T>): Informer<T> {
    const informer = informers.of(resource);
    synced.push(informer.synced);
    return informer;
  }

  function watch<T extends KubeObject>(resource: Resource<T>, keysOf: KeysOf<T>): Informer<T> {
    const informer = look(resource);
    listening.push(() =>
      informer.onChange((now, before) => {
        if (signal.aborted) return;
        for (const key of keysOf(now, before)) add(key);
      }),
    );
    return informer;
  }

  const events = eventRecorder(client, controller.name, '', clock);
  const sync = controller.start({ ...surroundings, events, watch, look, add, again });
  for (const listen of listening) listen();
  const ready = Promise.all(synced);
  return { idle: () => queue.idle() };
}

/** In a namespace that ends nothing can be created; whatever wanted that goes with it. */
export const isNamespaceEnding = (err: unknown): boolean =>
  err instanceof StatusError &&
  (err.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false);

function unlessNamespaceEnds(err: unknown): void {
  if (!isNamespaceEnding(err)) throw err;
}
