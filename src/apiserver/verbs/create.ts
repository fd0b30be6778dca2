import { alreadyExists, badRequest } from '../../api/errors.ts';
import { clone } from '../../api/jsonValue.ts';
import { setDefaults } from '../../api/schema/defaults.ts';
import { validateCreate } from '../../api/validate.ts';
import { type Entry, Mismatch } from '../../store/contract.ts';
import { approve, withAdmission } from '../admit.ts';
import { answerOne } from '../answer/views.ts';
import { breathe } from '../breathe.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import type { ManagedFields } from '../managedFields/entries.ts';
import { trackCreate } from '../managedFields/track.ts';
import { checkWriter } from '../managedFields/writer.ts';
import { beginning } from '../object/beginning.ts';
import { keyOf, placeOf } from '../object/keys.ts';
import { asNew, type Written } from '../object/meta.ts';
import { operationOf, preview, put, throwInvalid, warn } from '../object/write.ts';
import { readBody } from '../request/input.ts';

/** So that a generated name with its suffix is still a DNS label. */
const longestGeneratedBase = 58;
/** Names of five random characters can be taken; as often as Kubernetes tries another one. */
const maxGeneratedNames = 8;

/** POST to a collection. */
export async function create(call: Call): Promise<ObjectAnswer> {
  checkWriter(call.request.query, 'CreateOptions');
  const { object, warnings } = readBody(call.request, call.kind);
  checkPlace(call, object);
  await breathe(call.request.body.length);
  for (let attempt = 1; ; attempt++) {
    try {
      const entry = await createOnce(call, named(call, object));
      return { ...answerOne(call, 201, entry), ...(warnings.length > 0 && { warnings }) };
    } catch (err) {
      if (!(err instanceof Mismatch)) throw err;
      const generated = object.metadata.name === '' && object.metadata.generateName;
      if (!generated || attempt === maxGeneratedNames)
        throw alreadyExists(call.kind.resource, err.actual?.object.metadata.name ?? object.metadata.name);
    }
  }
}

function checkPlace({ kind, namespace, name }: Call, { metadata }: Written): void {
  if (name !== '')
    throw badRequest('the name of an object to be created stands in its metadata, not in the path');
  if (kind.resource.namespaced && metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (!kind.resource.namespaced && metadata.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** A copy that plugins and defaults may change, with its name and namespace. */
function named({ parts, namespace, kind }: Call, object: Written): Written {
  const copy = clone(object);
  const { name, generateName, ...metadata } = copy.metadata;
  const made = generateName ? generateName.slice(0, longestGeneratedBase) + parts.ids.suffix() : '';
  return {
    ...copy,
    metadata: {
      ...metadata,
      name: name || made,
      ...(generateName && { generateName }),
      ...(kind.resource.namespaced && namespace && { namespace }),
    },
  };
}

/** `decided` is who owns what of the object, when that is known; otherwise its creator owns what he sent. */
export function createOnce(call: Call, asked: Written, decided?: ManagedFields): Promise<Entry> {
  const { kind, parts } = call;
  const object = beginning(kind, asNew(kind, asked, parts.ids.uid(), parts.clock.now()));
  setDefaults(kind, object);
  const managedFields = decided ?? trackCreate(call, object, asked.metadata.managedFields);
  const operation = operationOf(call, 'create', object);
  return withAdmission(parts.admission, operation, async () => {
    if (managedFields?.length) object.metadata.managedFields = managedFields;
    await breathe(call.request.body.length);
    throwInvalid(kind, object, validateCreate(kind, object));
    warn(call, object);
    await breathe(call.request.body.length);
    await approve(parts.admission, operation);
    const value = operation.dryRun ? await tried(call, object) : await put(call, object, 0);
    return { value, done: true };
  });
}

async function tried({ kind, store, namespace }: Call, object: Written): Promise<Entry> {
  const key = keyOf(placeOf(kind), namespace, object.metadata.name);
  const taken = await store.get(key);
  if (taken) throw new Mismatch(key, taken);
  return preview(key, object, 0);
}
