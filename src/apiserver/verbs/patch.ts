import { fieldInvalid, invalid, StatusError } from '../../api/errors.ts';
import { answerOne } from '../answer/views.ts';
import type { Call } from '../call.ts';
import type { ApiRequest, ObjectAnswer } from '../contract.ts';
import { checkWriter } from '../managedFields/writer.ts';
import { checkIdentity } from '../object/meta.ts';
import { rewrite } from '../object/write.ts';
import { applyPatch } from '../patch/index.ts';
import { patchable } from '../patch/untouched.ts';
import { conform, type Input, type Readable } from '../request/input.ts';
import { type Decoded, decodeBody, mediaTypeOf, unknownFormat } from '../wire/index.ts';
import { apply, isApply } from './apply.ts';
import { changeTo } from './update.ts';

/** PATCH: the object as the patch makes it of the newest one, then everything as for an update. */
export async function patch(call: Call): Promise<ObjectAnswer> {
  if (isApply(call.request)) return apply(call);
  checkWriter(call.request.query, 'PatchOptions');
  let warnings: readonly string[] = [];
  const entry = await rewrite(call, (old) => {
    const patched = patchedObject(call.request, call.kind, old);
    warnings = patched.warnings;
    checkIdentity(patched.object, call.name, call.namespace);
    return changeTo(call, patched.object, old);
  });
  return { ...answerOne(call, 200, entry), ...(warnings.length > 0 && { warnings }) };
}

const forSchemas = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];

/** What the request's patch makes of an object of this kind. */
export function patchedObject(request: ApiRequest, type: Readable, old: object): Input {
  const contentType = request.headers['content-type'];
  const { object, duplicates } = readPatch(request);
  const current = patchable(old, object);
  // How lists merge strategically stands in tables only.
  if (type.schema && mediaTypeOf(contentType).startsWith('application/strategic'))
    throw unknownFormat(forSchemas);
  const json = applyPatch({ contentType, body: object, current, message: type.message });
  try {
    return conform(json, type, duplicates, request.query);
  } catch (err) {
    throw asPatchError(err);
  }
}

/** A patch of a kind that is not known is not read: it is refused by its name. */
function readPatch({ headers, body, object }: ApiRequest): Decoded {
  const contentType = headers['content-type'];
  if (object !== undefined || !mediaTypeOf(contentType).endsWith('-patch+json'))
    return { object, duplicates: [] };
  return decodeBody({ contentType, body });
}

/** Kubernetes finds fault with the patch, not with the object that nobody sent. */
function asPatchError(err: unknown): unknown {
  if (!(err instanceof StatusError) || err.status.code !== 400) return err;
  const why = err.message.replace(/^.*?(?=strict decoding error)/s, '');
  return invalid({ group: '', kind: '' }, '', [fieldInvalid('patch', '', why)]);
}
