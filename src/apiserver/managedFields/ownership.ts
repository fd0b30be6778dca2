/** Who owns what after a write. */
import { type Comparison, isSame } from './compare.ts';
import { type Entry, isSameOwner, type Owner, withFields } from './entries.ts';
import { difference, emptySet, type FieldSet, intersection, isEmpty, isEqual, union } from './fieldSet.ts';

/** What a write changed, in the names of a version; undefined for a version that there is no more. */
export type Compared = (apiVersion: string) => Comparison | undefined;

/** A write that takes what it changes: create, update, and every patch but apply. */
export function afterUpdate(
  entries: readonly Entry[],
  owner: Owner,
  compared: Compared,
  time: string,
): readonly Entry[] {
  const own = compared(owner.apiVersion);
  if (!own || isSame(own)) return entries;
  const others = losing(entries, compared);
  if (isEmpty(own.changed)) return withFields(others);
  const before = others.find((entry) => isSameOwner(entry, owner));
  const after: Entry = { ...owner, time, fields: before ? union(before.fields, own.changed) : own.changed };
  return capped([...withFields(others.filter((entry) => entry !== before)), after]);
}

/** Nobody keeps what somebody else changed or took away. */
function losing(entries: readonly Entry[], compared: Compared): Entry[] {
  return entries.flatMap((entry) => {
    const found = compared(entry.apiVersion);
    return found
      ? [{ ...entry, fields: difference(difference(entry.fields, found.changed), found.removed) }]
      : [];
  });
}

export interface Conflict {
  readonly with: Owner;
  readonly fields: FieldSet;
}

/** What `owner` would take from others by applying these fields. */
export function conflictsOf(
  entries: readonly Entry[],
  owner: Owner,
  fields: FieldSet,
  compared: Compared,
): Conflict[] {
  const taken = (apiVersion: string): FieldSet => {
    const { changed = emptySet, removed = emptySet } = compared(apiVersion) ?? {};
    // A field that was applied and is gone has become 0, false or "", which is how those are stored.
    return union(changed, intersection(removed, fields));
  };
  return entries
    .filter((entry) => !isSameOwner(entry, owner))
    .map((entry) => ({ with: entry, fields: intersection(entry.fields, taken(entry.apiVersion)) }))
    .filter((found) => !isEmpty(found.fields));
}

/** A write that owns exactly the `fields` that it speaks of, whether it changed them or not. */
export function afterApply(
  entries: readonly Entry[],
  owner: Owner,
  fields: FieldSet,
  compared: Compared,
  time: string,
): readonly Entry[] {
  const before = entries.find((entry) => isSameOwner(entry, owner));
  const others = losing(
    entries.filter((entry) => entry !== before),
    compared,
  );
  const own = compared(owner.apiVersion);
  const isQuiet =
    before?.apiVersion === owner.apiVersion && isEqual(before.fields, fields) && (!own || isSame(own));
  const after: Entry = {
    ...owner,
    fields,
    ...(isQuiet ? before.time && { time: before.time } : { time }),
  };
  return withFields([...others, after]);
}

/** As many writers by update as Kubernetes keeps apart. */
const maxUpdaters = 10;
/** What all older ones are called then. */
const ancient = 'ancient-changes';

/** The oldest are told in one, for each version. */
function capped(entries: readonly Entry[]): readonly Entry[] {
  const updaters = entries.filter(({ operation }) => operation === 'Update');
  let excess = updaters.length - maxUpdaters;
  if (excess <= 0) return entries;
  let left = entries;
  for (const old of updaters.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1))) {
    if (excess <= 0) break;
    const { apiVersion, time } = old;
    const bucket: Owner = { manager: ancient, operation: 'Update', apiVersion, subresource: '' };
    const before = left.find((entry) => entry !== old && isSameOwner(entry, bucket));
    if (before) excess--;
    const fields = before ? union(before.fields, old.fields) : old.fields;
    const others = left.filter((entry) => entry !== old && entry !== before);
    left = [...others, { ...bucket, fields, ...(time && { time }) }];
  }
  return left;
}
