/** How an object that is there is changed: by update, patch, and the subresources that write. */
import { isDeepStrictEqual } from 'node:util';
import { type FieldError, invalid, modified, notFound } from '../../api/errors.ts';
import { clone } from '../../api/jsonValue.ts';
import type { Kind } from '../../api/kind.ts';
import { validateUpdate } from '../../api/validate.ts';
import { type Entry, Mismatch } from '../../store/contract.ts';
import type { Operation } from '../admission/contract.ts';
import { approve, tellGone, withAdmission } from '../admit.ts';
import { breathe } from '../breathe.ts';
import type { Call } from '../call.ts';
import type { ManagedFields } from '../managedFields/entries.ts';
import { trackUpdate } from '../managedFields/track.ts';
import { isDryRun } from '../request/input.ts';
import { optionsOf } from '../request/options.ts';
import { isLetGo } from './deletion.ts';
import { keyOf, placeOf } from './keys.ts';
import { checkPreconditions, countGeneration, type Preconditions, type Written } from './meta.ts';
import { without } from './without.ts';

/** As often as Kubernetes tries a patch that others' writes came in between of. */
const maxAttempts = 5;

export const keyOfCall = ({ kind, namespace, name }: Call) => keyOf(placeOf(kind), namespace, name);

/** The object that the call is about; throws a 404. */
export async function current(call: Call): Promise<Entry> {
  const entry = await call.store.get(keyOfCall(call));
  if (!entry) throw notFound(call.kind.resource, call.name);
  return entry;
}

/**
 * Stores what `change` makes of the newest object. `change` says by `metadata.resourceVersion` which object
 * it has seen (409 when that is not the newest); when it does not say, it is called again with the
 * newest after a write by somebody else.
 */
export async function rewrite(
  call: Call,
  change: (old: Written) => Change | Promise<Change>,
): Promise<Entry> {
  for (let attempt = 1; ; attempt++) {
    const old = await current(call);
    const changed = await change(old.object);
    await breathe(old.json.length);
    checkPreconditions(call.kind, changed.asked, old.object);
    try {
      return await admitted(call, old, changed.object, await managedFieldsOf(call, old.object, changed));
    } catch (err) {
      if (!(err instanceof Mismatch)) throw err;
      if (attempt === maxAttempts) throw modified(call.kind.resource, call.name);
    }
  }
}

export interface Change {
  /** What the writer says that it has seen. */
  asked: Preconditions;
  /** The object as it would be stored; its `managedFields` are not looked at. */
  object: Written;
  /** What the writer says of the owners of fields, if anything. */
  managedFields?: ManagedFields;
  /** What is known of them already: nobody else is to say more. */
  decided?: ManagedFields;
}

/** Who owns what after the change. What plugins and the server add belongs to nobody. */
const managedFieldsOf = async (call: Call, old: Written, change: Change): Promise<ManagedFields> =>
  change.decided ?? (await trackUpdate(call, old, change.object, change.managedFields)) ?? [];

function admitted(call: Call, old: Entry, changed: Written, managedFields: ManagedFields): Promise<Entry> {
  const { kind, parts, request } = call;
  // Parts of it are those of the stored object, which plugins must not reach.
  const metadata: Written['metadata'] = without(changed.metadata, 'managedFields');
  const object = clone({ ...changed, metadata });
  const operation = operationOf(call, 'update', object, old.object);
  return withAdmission(parts.admission, operation, async () => {
    if (managedFields.length > 0) object.metadata.managedFields = managedFields;
    await breathe(old.json.length);
    // A binding is the one change of a pod's node that is allowed, and what a pod is to be was said before.
    if (call.subresource !== 'binding') {
      countGeneration(kind, object, old.object);
      throwInvalid(kind, object, validateUpdate(kind, object, old.object, call.subresource));
    }
    if (!call.subresource) warn(call, object);
    await breathe(old.json.length);
    await approve(parts.admission, operation);
    const value = await store(call, old, object, isDryRun(request.query));
    return { value, done: true };
  });
}

async function store(call: Call, old: Entry, object: Written, dryRun: boolean): Promise<Entry> {
  const { kind, parts } = call;
  if (isLetGo(kind, object)) {
    if (dryRun) return old;
    const gone = await call.store.delete(old.key, old.revision);
    tellGone(parts.admission, operationOf(call, 'delete', gone.object));
    return gone;
  }
  // Who writes what is there already changes nothing, and wakes nobody.
  if (isDeepStrictEqual(object, old.object)) return old;
  if (dryRun) return preview(old.key, object, old.revision);
  return put(call, object, old.revision);
}

/** Writes the object if the key's last write was at `expected`. */
export function put({ kind, store, namespace }: Call, object: Written, expected: number): Promise<Entry> {
  const key = keyOf(placeOf(kind), namespace, object.metadata.name);
  return store.put(
    key,
    object,
    expected,
    kind.ttlSeconds === undefined ? {} : { ttlSeconds: kind.ttlSeconds },
  );
}

/** What a dry run answers. */
export const preview = (key: string, object: Written, revision: number): Entry => ({
  key,
  object,
  json: JSON.stringify(object),
  revision,
});

export function operationOf(call: Call, verb: Operation['verb'], object: Written, old?: Written): Operation {
  const { kind, namespace, subresource, request } = call;
  return {
    verb,
    kind,
    ...(subresource && { subresource }),
    ...(namespace && { namespace }),
    user: request.user,
    dryRun: isDryRun(request.query),
    object,
    ...(old && { old }),
    notes: call.notes,
    options: () => optionsOf(request),
  };
}

/** Throws a 422 when there is anything wrong. */
export function throwInvalid({ resource }: Kind, object: Written, errors: FieldError[]): void {
  if (errors.length > 0) throw invalid(resource, object.metadata.name, errors);
}

/** Tells the writer what of a good object has no effect. */
export function warn({ kind, notes }: Call, object: Written): void {
  for (const warning of kind.warnings?.(object) ?? []) notes.warnings.add(warning);
}
