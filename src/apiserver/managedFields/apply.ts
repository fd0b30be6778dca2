/** Server-side apply: what becomes of an object, and of its owners, when somebody applies a configuration. */

import type { JsonObject } from '../../api/jsonValue.ts';
import { structureOf } from '../../api/schema/structure.ts';
import type { KubeObject } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { isTrue } from '../authorize.ts';
import type { Call } from '../call.ts';
import type { Written } from '../object/meta.ts';
import type { Change } from '../object/write.ts';
import { applyConflict } from './conflict.ts';
import { type Entry, isSameOwner, type ManagedFields, storedEntries, writeEntries } from './entries.ts';
import { difference, emptySet, type FieldSet, isEmpty, union } from './fieldSet.ts';
import { followsLastApplied, lastAppliedFields, withLastApplied } from './lastApplied.ts';
import { merge } from './merge.ts';
import { nobodysFields } from './nobodys.ts';
import { afterApply, type Conflict, conflictsOf } from './ownership.ts';
import { prune } from './prune.ts';
import { created, ownerOf } from './track.ts';
import { comparedFor, convert } from './versions.ts';

export interface Configuration {
  /** As it was sent: what is empty in it says so. */
  readonly body: JsonObject;
  /** The fields that the applier is to own. */
  readonly fields: FieldSet;
}

/**
 * What becomes of `old`. `changeTo` makes of the merged object what the writer may make of it.
 *
 * @throws {StatusError} 409 when somebody else owns what would change, unless `force` is asked for.
 */
export async function applied(
  call: Call,
  config: Configuration,
  old: Written,
  changeTo: (merged: JsonObject) => Change,
): Promise<Change> {
  const { kind, parts, request } = call;
  const owner = ownerOf(call, 'Apply');
  const entries = entriesOf(call, old);
  const last = entries.find((entry) => isSameOwner(entry, owner));
  const merged = merge(old, config.body, structureOf(kind)) as JsonObject;
  const { asked, object } = changeTo(
    last ? await pruned(call, merged, config.fields, entries, last) : merged,
  );
  const compared = await comparedFor(parts.kinds, kind, entries, old, object);
  const conflicts = conflictsOf(entries, owner, config.fields, compared);
  const isKubectl = followsLastApplied(owner.manager);
  if (!isTrue(request.query.get('force')))
    refuse(isKubectl ? lessThan(conflicts, lastAppliedFields(old, structureOf(kind))) : conflicts);
  const after = afterApply(entries, owner, config.fields, compared, rfc3339(parts.clock.now()));
  return {
    asked,
    object: isKubectl ? withLastApplied(object, old, config.body) : object,
    decided: writeEntries(after) ?? [],
  };
}

/** The `managedFields` of a new object that was applied. */
export function trackApplied(call: Call, fields: FieldSet): ManagedFields | undefined {
  const nothing = { changed: emptySet, removed: emptySet };
  const time = rfc3339(call.parts.clock.now());
  return writeEntries(afterApply([], ownerOf(call, 'Apply'), fields, () => nothing, time));
}

/** Who wrote what nobody kept account of. */
const beforeFirstApply = 'before-first-apply';

function entriesOf(call: Call, old: KubeObject): readonly Entry[] {
  const entries = storedEntries(old);
  if (entries.length > 0) return entries;
  const fields = created(call.kind, old).changed;
  const owner = { ...ownerOf(call, 'Update'), manager: beforeFirstApply, subresource: '' };
  return [{ ...owner, fields, time: rfc3339(call.parts.clock.now()) }];
}

/** Without what the applier applied last time, not this time, and nobody else owns. */
async function pruned(
  { parts, kind }: Call,
  merged: JsonObject,
  fields: FieldSet,
  entries: readonly Entry[],
  last: Entry,
): Promise<JsonObject> {
  const others = entries.filter((entry) => entry !== last).map((entry) => entry.fields);
  const kept = [...others, nobodysFields].reduce(union, fields);
  const then = parts.kinds.for(last.apiVersion, kind.resource.kind) ?? kind;
  const asThen = await convertOne(merged, kind, then);
  const left = prune(asThen, structureOf(then), last.fields, kept);
  return left === asThen ? merged : convertOne(left, then, kind);
}

async function convertOne(object: JsonObject, from: Call['kind'], to: Call['kind']): Promise<JsonObject> {
  const [converted = object] = await convert([object as unknown as KubeObject], from, to);
  return converted as unknown as JsonObject;
}

const lessThan = (conflicts: readonly Conflict[], allowed: FieldSet): Conflict[] =>
  conflicts
    .map((found) => ({ ...found, fields: difference(found.fields, allowed) }))
    .filter(({ fields }) => !isEmpty(fields));

function refuse(conflicts: readonly Conflict[]): void {
  if (conflicts.length > 0) throw applyConflict(conflicts);
}
