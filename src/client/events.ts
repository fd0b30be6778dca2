/**
 * Events: what happened to an object, for people to read. The same thing happening again counts up one
 * event instead of making another, as client-go's recorder does.
 */
import { randomBytes } from 'node:crypto';
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
  let last: Promise<unknown> = Promise.resolve();

  function enqueue(write: () => Promise<unknown>): void {
    last = last.then(write).catch((err: unknown) => log.debug({ err: String(err) }, 'an event was dropped'));
  }

  return {
    event(resource, object, type, reason, message, fieldPath) {
      const { name, namespace = 'default', uid = '', resourceVersion } = object.metadata;
      const identity = [resource.kind, namespace, name, uid, type, reason, message, fieldPath].join('\n');
      const now = rfc3339(clock.now());
      const seen = known.get(identity);
      if (seen) {
        seen.count++;
        const patch = { count: seen.count, lastTimestamp: now };
        enqueue(() => client.patch(events, { name: seen.name, namespace }, patch));
        return;
      }
      const eventName = `${name}.${randomBytes(8).toString('hex')}`;
      known.set(identity, { name: eventName, count: 1 });
      if (known.size > memory) known.delete(known.keys().next().value ?? '');
      enqueue(() =>
        client.create(events, {
          metadata: { name: eventName, namespace },
          involvedObject: {
            apiVersion: apiVersionOf(resource),
            kind: resource.kind,
            name,
            namespace: object.metadata.namespace ?? '',
            uid,
            ...(resourceVersion && { resourceVersion }),
            ...(fieldPath && { fieldPath }),
          },
          type,
          reason,
          message,
          source: { component, ...(host && { host }) },
          firstTimestamp: now,
          lastTimestamp: now,
          count: 1,
          reportingComponent: component,
          reportingInstance: host,
        }),
      );
    },
  };
}
