import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { eventsV1Events } from '../../resource.ts';
import type { EventsV1Event } from '../../types.ts';
import './fields.ts';

export const eventsV1Event: Kind<EventsV1Event> = {
  resource: eventsV1Events,
  singular: 'event',
  shortNames: ['ev'],
  message: 'events/v1.Event',
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
