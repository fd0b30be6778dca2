import { event } from '../../core/event/kind.ts';
import type { Kind } from '../../kind.ts';
import { events, eventsV1Events } from '../../resource.ts';
import type { Event, EventsV1Event } from '../../types.ts';
import { fromCore, toCore } from './convert.ts';
import './fields.ts';
import { validateEventsV1, validateEventsV1Create, validateEventsV1Update } from './validate.ts';

/** Fields of the older form that have another name here. */
const renamed = (name: string) =>
  name.replace('involvedObject', 'regarding').replace('reportingComponent', 'reportingController');

/** The same events as those of `v1`, in another form. */
export const eventsV1Event: Kind<EventsV1Event> = {
  resource: eventsV1Events,
  singular: 'event',
  shortNames: ['ev'],
  message: 'events/v1.Event',
  nameRule: 'subdomain',
  ttlSeconds: event.ttlSeconds ?? 0,
  stored: {
    resource: events,
    toStored: (objects) => objects.map((object) => toCore(object as EventsV1Event)),
    toServed: (objects) => objects.map((object) => fromCore(object as Event)),
  },
  selectableFields: Object.fromEntries(
    Object.entries(event.selectableFields ?? {})
      .filter(([name]) => name !== 'source')
      .map(([name, read]) => [renamed(name), (e: EventsV1Event) => read(toCore(e))]),
  ),
  validate: validateEventsV1,
  validateCreate: validateEventsV1Create,
  validateUpdate: validateEventsV1Update,
  columns: event.columns.map((column) => ({
    ...column,
    value: (e: EventsV1Event, nowMs: number) => column.value(toCore(e), nowMs),
  })),
};
