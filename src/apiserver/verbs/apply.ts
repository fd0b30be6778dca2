/**
 * PATCH with `application/apply-patch+yaml`: server-side apply.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
import { badRequest, conflict, notFound, StatusError } from '../../api/errors.ts';
import { clone, isObject, type JsonObject } from '../../api/jsonValue.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { type Structure, structureOf } from '../../api/schema/structure.ts';
import { type Entry, Mismatch } from '../../store/contract.ts';
import { answerOne } from '../answer/views.ts';
import { attributesOf, authorize } from '../authorize.ts';
import type { Call } from '../call.ts';
import type { ApiRequest, ObjectAnswer } from '../contract.ts';
import { fieldsOf } from '../managedFields/applied.ts';
import { applied, type Configuration, trackApplied } from '../managedFields/apply.ts';
import { type FieldSet, only } from '../managedFields/fieldSet.ts';
import { ofTheObject } from '../managedFields/track.ts';
import { checkApplier } from '../managedFields/writer.ts';
import { checkIdentity, statusWritesMetadata, type Written } from '../object/meta.ts';
import { type Change, keyOfCall, rewrite } from '../object/write.ts';
import { checkKind, conform, fieldValidationOf, type Readable } from '../request/input.ts';
import { parsePath } from '../request/path.ts';
import { type Decoded, decodeBody, mediaTypeOf } from '../wire/index.ts';
import { createOnce } from './create.ts';
import { changeTo } from './update.ts';

export const isApply = ({ headers }: ApiRequest): boolean =>
  mediaTypeOf(headers['content-type']) === 'application/apply-patch+yaml';

export async function apply(call: Call): Promise<ObjectAnswer> {
  const { kind } = call;
  const { body, warnings } = readConfiguration(call, kind);
  const config = { body, fields: writable(call, declaredFields(call, body, structureOf(kind))) };
  const { code, entry } = await applyOrCreate(call, config);
  return { ...answerOne(call, code, entry), ...(warnings.length > 0 && { warnings }) };
}

/** What was there when it was looked for can be gone when it is made, and the other way about. */
const maxAttempts = 5;

async function applyOrCreate(call: Call, config: Configuration): Promise<{ code: 200 | 201; entry: Entry }> {
  for (let attempt = 1; ; attempt++) {
    const found = await call.store.get(keyOfCall(call));
    if (found) return { code: 200, entry: await rewrite(call, (old) => appliedTo(call, config, old)) };
    if (call.subresource) throw notFound(call.kind.resource, call.name);
    try {
      return { code: 201, entry: await createApplied(call, config) };
    } catch (err) {
      if (!(err instanceof Mismatch) || attempt === maxAttempts) throw err;
    }
  }
}

function appliedTo(call: Call, config: Configuration, old: Written): Promise<Change> {
  return applied(call, config, old, (merged) => changeTo(call, asObject(call, merged), old));
}

function createApplied(call: Call, { body, fields }: Configuration): Promise<Entry> {
  const { parts, request, kind, namespace, name } = call;
  authorize(parts.authorizer, { ...attributesOf(request, parsePath(request.path)), verb: 'create' });
  const object = asObject(call, body);
  const { uid } = object.metadata;
  if (uid)
    throw conflict(
      kind.resource,
      name,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  const metadata = {
    ...object.metadata,
    ...(kind.resource.namespaced && namespace && { namespace }),
  };
  return createOnce(call, clone({ ...object, metadata }), trackApplied(call, fields) ?? []);
}

/** The JSON value as an object of the kind, with the name that the path says. */
function asObject(call: Call, json: JsonObject): Written {
  const { object } = conform(json, call.kind, [], new URLSearchParams());
  checkIdentity(object, call.name, call.namespace);
  return object;
}

/** The body, which is of this kind; throws a 400 when it is not, or says more than a configuration may. */
export function readConfiguration(
  { request }: Call,
  type: Readable,
): { body: JsonObject; warnings: readonly string[] } {
  checkApplier(request.query);
  const { object, duplicates } = readBody(request);
  if (!isObject(object)) throw badRequest('error decoding YAML: the body is not an object');
  checkVersion(object, type);
  checkKind(object, type);
  const level = fieldValidationOf(request.query);
  // Fields that are not known are refused in any case.
  if (level === 'Strict' && duplicates.length > 0)
    throw badRequest(`error strict decoding YAML: ${duplicates.join(', ')}`);
  const { managedFields } = isObject(object['metadata']) ? object['metadata'] : {};
  if (Array.isArray(managedFields)) throw badRequest('metadata.managedFields must be nil');
  return { body: object, warnings: level === 'Ignore' ? [] : duplicates };
}

function readBody({ headers, body, object }: ApiRequest): Decoded {
  if (object !== undefined) return { object, duplicates: [] };
  return decodeBody({ contentType: headers['content-type'], body });
}

function checkVersion({ apiVersion }: JsonObject, { resource }: Readable): void {
  const expected = apiVersionOf(resource);
  if (apiVersion !== expected)
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${typeof apiVersion === 'string' && apiVersion ? apiVersion : '/'}, expected: ${expected}`,
    );
}

/** The fields that the configuration names; throws when the kind has no such fields, in Kubernetes' words. */
export function declaredFields(call: Call, body: JsonObject, structure: Structure): FieldSet {
  const { fields, errors } = fieldsOf(body, structure);
  if (errors.length === 0) return fields;
  const { kind, namespace = '', name } = call;
  const why = errors.length === 1 ? errors[0] : `errors:\n${errors.map((e) => `  ${e}`).join('\n')}`;
  const what = `${namespace}/${name}; ${apiVersionOf(kind.resource)}, Kind=${kind.resource.kind}`;
  throw new StatusError(500, '', `failed to create typed patch object (${what}): ${why}`);
}

/** Of the fields of a configuration, those that this request can write. */
function writable({ kind, subresource }: Call, fields: FieldSet): FieldSet {
  switch (subresource) {
    case undefined:
      return ofTheObject(kind, fields);
    case 'ephemeralcontainers':
      return only(fields, 'f:spec', 'f:ephemeralContainers');
    default:
      return statusWritesMetadata(kind)
        ? { ...only(fields, 'f:status'), ...only(fields, 'f:metadata') }
        : only(fields, 'f:status');
  }
}
