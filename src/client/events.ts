/**
 * Events: what happened to an object, for people to read. The same thing happening again counts up one
 * event instead of making another, as client-go's recorder does.
 */
import { randomInt } from 'node:crypto';
import { isNotFound } from '../api/errors.ts';
import { apiVersionOf, events, type Resource } from '../api/resource.ts';
import type { KubeObject } from '../api/types.ts';
import { type Clock, rfc3339, systemClock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import type { Client } from './contract.ts';

const log = logger('events');

export interface EventRecorder {
  /** Never fails and never waits: an event that cannot be written is dropped. */
  event<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    fieldPath?: string,
  ): void;
}

interface Known {
  name: string;
  count: number;
  firstTimestamp: string;
}

/** So many different events are remembered for counting up. */
const memory = 1_000;

export function eventRecorder(
  client: Client,
  component: string,
  host = '',
  clock: Clock = systemClock,
): EventRecorder {
  const known = new Map<string, Known>();
  const suffix = suffixes(clock);
  let last: Promise<unknown> = Promise.resolve();

  function enqueue(write: () => Promise<unknown>): void {
    last = last.then(write).catch((err: unknown) => log.debug({ err: String(err) }, 'an event was dropped'));
  }

  return {
    event(resource, object, type, reason, message, fieldPath) {
      const { name, namespace = 'default', uid = '' } = object.metadata;
      const identity = [resource.kind, namespace, name, uid, type, reason, message, fieldPath].join('\n');
      const now = rfc3339(clock.now());
      const create = ({ name: eventName, count, firstTimestamp }: Known) =>
        client.create(events, {
          metadata: { name: eventName, namespace },
          involvedObject: involved(resource, object, fieldPath),
          type,
          reason,
          message,
          source: { component, ...(host && { host }) },
          firstTimestamp,
          lastTimestamp: now,
          count,
          reportingComponent: component,
          reportingInstance: host,
        });
      const seen = known.get(identity);
      if (!seen) {
        const first: Known = { name: `${name}.${suffix()}`, count: 1, firstTimestamp: now };
        known.set(identity, first);
        if (known.size > memory) known.delete(known.keys().next().value ?? '');
        enqueue(() => create({ ...first }));
        return;
      }
      seen.count++;
      const again = { ...seen };
      enqueue(async () => {
        const { count } = again;
        try {
          await client.patch(events, { name: again.name, namespace }, { count, lastTimestamp: now });
        } catch (err) {
          if (!isNotFound(err)) throw err;
          // It was forgotten after its hour, or deleted.
          await create(again);
        }
      });
    },
  };
}

const involved = (resource: Resource, { metadata }: KubeObject, fieldPath?: string) => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  name: metadata.name,
  namespace: metadata.namespace ?? '',
  uid: metadata.uid ?? '',
  ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
  ...(fieldPath && { fieldPath }),
});

/**
 * The time in nanoseconds, in hexadecimal, each later than the one before. Clients list events by name and sort
 * them by second: what happened within one second is then told in the order in which it happened.
 */
function suffixes(clock: Clock): () => string {
  let last = 0n;
  return () => {
    const now = BigInt(clock.now()) * 1_000_000n;
    // Somewhere within the millisecond, since others tell of the same object.
    last = last < now ? now + BigInt(randomInt(500_000)) : last + 1n;
    return last.toString(16);
  };
}
