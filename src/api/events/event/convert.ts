/**
 * The two forms of one event: `v1`, as it is stored, and `events.k8s.io/v1`.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
import type { Event, EventsV1Event } from '../../types.ts';

export function toCore(event: EventsV1Event): Event {
  const { metadata, eventTime, series, action, reason, related, type } = event;
  const { regarding, note, reportingController, reportingInstance } = event;
  const { deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount } = event;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject: regarding ?? {},
    ...present({
      reason,
      message: note,
      source: deprecatedSource,
      firstTimestamp: deprecatedFirstTimestamp,
      lastTimestamp: deprecatedLastTimestamp,
      count: deprecatedCount,
      type,
      eventTime,
      series,
      action,
      related,
      reportingComponent: reportingController,
      reportingInstance,
    }),
  };
}

export function fromCore(event: Event): EventsV1Event {
  const { metadata, eventTime, series, action, reason, related, type } = event;
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count } = event;
  const { reportingComponent, reportingInstance } = event;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata,
    // Required, and null on an event of the older sort.
    eventTime: (eventTime ?? null) as string,
    ...present({
      // Both are there in every series that passed validation.
      series: series && { count: series.count ?? 0, lastObservedTime: series.lastObservedTime ?? '' },
      reportingController: reportingComponent,
      reportingInstance,
      action,
      reason,
      regarding: involvedObject,
      related,
      note: message,
      type,
      deprecatedSource: source,
      deprecatedFirstTimestamp: firstTimestamp,
      deprecatedLastTimestamp: lastTimestamp,
      deprecatedCount: count,
    }),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that are undefined. */
function present<T extends object>(members: T): Present<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}
