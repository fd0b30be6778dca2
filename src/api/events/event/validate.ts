/**
 * Stricter than the older form: every event says who tells it, why, and when.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-instrumentation/383-new-event-api-ga-graduation
 */
import { validateEvent } from '../../core/event/validate.ts';
import { type FieldError, fieldInvalid, fieldRequired, fieldTooLong } from '../../errors.ts';
import { isQualifiedName } from '../../names.ts';
import type { EventsV1Event } from '../../types.ts';
import { immutable, named } from '../../validate/checks.ts';
import { toCore } from './convert.ts';

const MAX_WORD_BYTES = 128;
const MAX_NOTE_BYTES = 1024;

export function validateEventsV1(event: EventsV1Event): FieldError[] {
  return validateEvent(toCore(event)).map((error) => ({
    ...error,
    field: error.field.replace('involvedObject', 'regarding'),
  }));
}

export const validateEventsV1Create = (event: EventsV1Event): FieldError[] => [
  ...(event.eventTime ? [] : [fieldRequired('eventTime')]),
  ...(event.type === 'Normal' || event.type === 'Warning'
    ? []
    : [fieldInvalid('type', event.type ?? '', 'has invalid value: ')]),
  ...unset('deprecatedFirstTimestamp', event.deprecatedFirstTimestamp),
  ...unset('deprecatedLastTimestamp', event.deprecatedLastTimestamp),
  ...unset('deprecatedCount', event.deprecatedCount || undefined),
  ...unset('deprecatedSource', Object.keys(event.deprecatedSource ?? {}).length > 0 || undefined),
  ...named('reportingController', event.reportingController, isQualifiedName),
  ...word('reportingInstance', event.reportingInstance),
  ...word('action', event.action),
  ...word('reason', event.reason),
  ...atMost('note', event.note, MAX_NOTE_BYTES),
  ...series(event),
];

const unset = (field: string, value: unknown): FieldError[] =>
  value === undefined ? [] : [fieldInvalid(field, value, 'needs to be unset')];

const word = (field: string, value: string | undefined): FieldError[] =>
  value ? atMost(field, value, MAX_WORD_BYTES) : [fieldRequired(field)];

const atMost = (field: string, value: string | undefined, bytes: number): FieldError[] =>
  Buffer.byteLength(value ?? '') > bytes ? [fieldTooLong(field, bytes)] : [];

function series({ series: repeated }: EventsV1Event): FieldError[] {
  if (!repeated) return [];
  return [
    ...(repeated.count < 2 ? [fieldInvalid('series.count', repeated.count, 'should be at least 2')] : []),
    ...(repeated.lastObservedTime ? [] : [fieldRequired('series.lastObservedTime')]),
  ];
}

/** Only how often it happened changes. */
export function validateEventsV1Update(event: EventsV1Event, old: EventsV1Event): FieldError[] {
  // An event of the older sort is counted up by who made it.
  if (!old.eventTime) return [];
  const fixed = [
    'involvedObject',
    'reason',
    'message',
    'source',
    'count',
    'firstTimestamp',
    'lastTimestamp',
    'type',
    'eventTime',
    'action',
    'related',
    'reportingComponent',
    'reportingInstance',
  ] as const;
  const [now, before] = [toCore(event), toCore(old)];
  return [...fixed.flatMap((field) => immutable(field, now[field], before[field])), ...series(event)];
}
