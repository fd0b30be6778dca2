/**
 * Changes of the store as the events of a watch: what moves into the selection was ADDED, what leaves it
 * was DELETED. An event is made once and shared by all watches that send it.
 */
import type { Kind } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Change, Entry } from '../../store/contract.ts';
import type { ServedEvent } from '../contract.ts';

type Matches = (object: KubeObject) => boolean;

/** Undefined when the change is none in this selection. */
export function eventOf(change: Change, matches: Matches): ServedEvent | undefined {
  const { type, entry, previous } = change;
  const was = previous !== undefined && matches(previous.object);
  const is = type === 'put' && matches(entry.object);
  if (is) return shared(change, was ? 'MODIFIED' : 'ADDED');
  return was ? shared(change, 'DELETED') : undefined;
}

const known = new WeakMap<Change, Map<ServedEvent['type'], ServedEvent>>();

function shared(change: Change, type: ServedEvent['type']): ServedEvent {
  const events = known.get(change) ?? new Map<ServedEvent['type'], ServedEvent>();
  known.set(change, events);
  const event = events.get(type) ?? made(change, type);
  events.set(type, event);
  return event;
}

function made({ type, entry, previous, revision }: Change, event: ServedEvent['type']): ServedEvent {
  // Who only loses sight of an object hears how it was last, at the revision of the change.
  if (event !== 'DELETED' || type === 'delete' || !previous) return { type: event, ...textOf(entry) };
  const { object } = previous;
  return {
    type: event,
    object: { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } },
  };
}

const textOf = ({ object, json }: Entry) => ({ object, json });

export const addedEvent = (entry: Entry): ServedEvent => ({ type: 'ADDED', ...textOf(entry) });

/** Everything up to this revision has been sent. */
export const bookmark = (
  { resource }: Kind,
  revision: number,
  annotations?: Record<string, string>,
): ServedEvent => ({
  type: 'BOOKMARK',
  object: {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(revision), ...(annotations && { annotations }) },
  },
});
