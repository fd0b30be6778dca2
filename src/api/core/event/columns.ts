import { age } from '../../age.ts';
import type { Column } from '../../kind.ts';
import type { Event } from '../../types.ts';

const firstSeen = (e: Event) => e.firstTimestamp ?? e.eventTime;

const lastSeen = (e: Event) => e.series?.lastObservedTime ?? e.lastTimestamp ?? firstSeen(e);

function target({ involvedObject }: Event): string {
  const kind = involvedObject?.kind?.toLowerCase() ?? '';
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

function source(e: Event): string {
  const component = e.source?.component || e.reportingComponent || '';
  const host = e.source?.host || e.reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
}

export const columns: readonly Column<Event>[] = [
  {
    name: 'Last Seen',
    description: 'When it happened last.',
    value: (e, nowMs) => age(lastSeen(e), nowMs),
  },
  { name: 'Type', description: 'Normal or Warning.', value: (e) => e.type ?? '' },
  { name: 'Reason', description: 'What happened, in one word.', value: (e) => e.reason ?? '' },
  { name: 'Object', description: 'What it happened to.', value: target },
  {
    name: 'Subobject',
    priority: 1,
    description: 'Which part of the object.',
    value: (e) => e.involvedObject?.fieldPath ?? '',
  },
  { name: 'Source', priority: 1, description: 'Who says so.', value: source },
  { name: 'Message', description: 'What happened, in a sentence.', value: (e) => e.message?.trim() ?? '' },
  {
    name: 'First Seen',
    priority: 1,
    description: 'When it happened first.',
    value: (e, nowMs) => age(firstSeen(e), nowMs),
  },
  {
    name: 'Count',
    priority: 1,
    description: 'How often it happened.',
    value: (e) => e.series?.count ?? (e.count || 1),
  },
  {
    name: 'Name',
    format: 'name',
    priority: 1,
    description: 'Unique within its namespace.',
    value: (e) => e.metadata.name ?? '',
  },
];
