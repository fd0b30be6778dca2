/** `metadata.managedFields` ↔ who owns what. One entry for each writer, way of writing, version and subresource. */
import type { KubeObject, ObjectMeta } from '../../api/types.ts';
import { emptySet, type FieldSet, isEmpty } from './fieldSet.ts';
import { readFieldSet } from './steps.ts';

export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** In which version the fields are named. */
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

export interface Entry extends Owner {
  readonly fields: FieldSet;
  /** When the manager last changed something. */
  readonly time?: string;
}

export type ManagedFields = NonNullable<ObjectMeta['managedFields']>;

/** An applier is the same one in every version. */
export const isSameOwner = (a: Owner, b: Owner): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

/** Of what a client sent. Undefined when any of it cannot be understood. */
export function readEntries(sent: ManagedFields): Entry[] | undefined {
  const entries: Entry[] = [];
  for (const entry of sent) {
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') return undefined;
    if (entry.fieldsType !== 'FieldsV1') return undefined;
    const fields = readFieldSet(entry.fieldsV1 ?? {});
    if (!fields) return undefined;
    entries.push(entryOf(entry, fields));
  }
  return entries;
}

/** Of a stored object: what was once written here. */
export const storedEntries = ({ metadata }: KubeObject): readonly Entry[] =>
  (metadata.managedFields ?? []).map((entry) => entryOf(entry, (entry.fieldsV1 ?? emptySet) as FieldSet));

const entryOf = (entry: ManagedFields[number], fields: FieldSet): Entry => ({
  manager: entry.manager ?? '',
  operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
  apiVersion: entry.apiVersion ?? '',
  subresource: entry.subresource ?? '',
  fields,
  ...(entry.time && { time: entry.time }),
});

/** Whose fields are all gone has no entry. */
export const withFields = (entries: readonly Entry[]): Entry[] =>
  entries.filter(({ fields }) => !isEmpty(fields));

/** In Kubernetes' order. Undefined when there are none: then nobody is kept account of. */
export function writeEntries(entries: readonly Entry[]): ManagedFields | undefined {
  if (entries.length === 0) return undefined;
  return entries.toSorted(inOrder).map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
    manager,
    operation,
    apiVersion,
    ...(time && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource && { subresource }),
  }));
}

/** Appliers first, then by time. */
function inOrder(a: Entry, b: Entry): number {
  const keys = (e: Entry) => [e.operation, e.time ?? '', e.manager, e.apiVersion, e.subresource];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((key, i) => key !== right[i]);
  if (at < 0) return 0;
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}

/** `[]` and `[{}]` take all entries away; leaving them out leaves them as they are. */
export const isReset = (managedFields: ManagedFields | undefined): boolean =>
  managedFields !== undefined &&
  (managedFields.length === 0 ||
    (managedFields.length === 1 && Object.keys(managedFields[0] ?? {}).length === 0));
