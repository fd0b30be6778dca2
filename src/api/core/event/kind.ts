import type { Kind } from '../../kind.ts';
import { events } from '../../resource.ts';
import type { Event } from '../../types.ts';
import { columns } from './columns.ts';
import './fields.ts';
import { validateEvent } from './validate.ts';

export const event: Kind<Event> = {
  resource: events,
  singular: 'event',
  shortNames: ['ev'],
  message: 'core/v1.Event',
  nameRule: 'subdomain',
  ttlSeconds: 3600,
  selectableFields: {
    'involvedObject.kind': (e) => e.involvedObject?.kind ?? '',
    'involvedObject.namespace': (e) => e.involvedObject?.namespace ?? '',
    'involvedObject.name': (e) => e.involvedObject?.name ?? '',
    'involvedObject.uid': (e) => e.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': (e) => e.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': (e) => e.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': (e) => e.involvedObject?.fieldPath ?? '',
    reason: (e) => e.reason ?? '',
    reportingComponent: (e) => e.reportingComponent ?? '',
    source: (e) => e.source?.component || e.reportingComponent || '',
    type: (e) => e.type ?? '',
  },
  validate: validateEvent,
  columns,
};
