/** `metadata.managedFields` of an object that is written by anything but server-side apply. */
import type { Kind } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { structureOf } from '../../api/schema/structure.ts';
import type { KubeObject } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import type { Call } from '../call.ts';
import { without } from '../object/without.ts';
import { type Comparison, compare } from './compare.ts';
import { emptyOf } from './empty.ts';
import {
  type Entry,
  isReset,
  type ManagedFields,
  type Owner,
  readEntries,
  storedEntries,
  writeEntries,
} from './entries.ts';
import type { FieldSet } from './fieldSet.ts';
import { afterUpdate } from './ownership.ts';
import { comparedFor } from './versions.ts';
import { managerOf } from './writer.ts';

/** Who writes by this call. */
export const ownerOf = ({ request, kind, subresource = '' }: Call, operation: Owner['operation']): Owner => ({
  manager: managerOf(request),
  operation,
  apiVersion: apiVersionOf(kind.resource),
  subresource,
});

/** Of a new object, before the server adds to it. `sent` is what its creator says of others. */
export function trackCreate(call: Call, object: KubeObject, sent?: ManagedFields): ManagedFields | undefined {
  if (isReset(sent)) return undefined;
  const comparison = created(call.kind, object);
  const entries = afterUpdate(
    (sent && readEntries(sent)) ?? [],
    ownerOf(call, 'Update'),
    () => comparison,
    rfc3339(call.parts.clock.now()),
  );
  return writeEntries(entries);
}

/** Everything in an object, except what has a subresource for its writer. */
export function created(kind: Kind, object: KubeObject): Comparison {
  const comparison = compare(emptyOf(kind), object, structureOf(kind));
  return { ...comparison, changed: ofTheObject(kind, comparison.changed) };
}

/** Without the fields that a write to the object itself leaves as they are. */
export const ofTheObject = (kind: Kind, fields: FieldSet): FieldSet =>
  kind.status ? without(fields, 'f:status') : fields;

/** Of an object that becomes `next`. `sent` is what its writer made of the entries. */
export async function trackUpdate(
  call: Call,
  old: KubeObject,
  next: KubeObject,
  sent?: ManagedFields,
): Promise<ManagedFields | undefined> {
  const { managedFields } = old.metadata;
  // As in Kubernetes, where the scheduler goes to the store past the account of fields.
  if (call.subresource === 'binding') return managedFields;
  if (isReset(sent)) return undefined;
  const entries = (sent && readSent(sent)) ?? storedEntries(old);
  // Whoever has taken the entries away wants none, until somebody applies.
  if (entries.length === 0) return undefined;
  const compared = await comparedFor(call.parts.kinds, call.kind, entries, old, next);
  const after = afterUpdate(entries, ownerOf(call, 'Update'), compared, rfc3339(call.parts.clock.now()));
  return after === entries && !sent ? managedFields : writeEntries(after);
}

/** Entries that cannot be understood are as good as none: a client must not lose them by accident. */
function readSent(sent: ManagedFields): Entry[] | undefined {
  const entries = readEntries(sent);
  return entries?.length ? entries : undefined;
}
