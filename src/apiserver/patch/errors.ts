import { badRequest, StatusError } from '../../api/errors.ts';
import { isObject, type JsonObject } from '../../api/jsonValue.ts';

/** 400: what was sent is no patch. */
export const badPatch = (why: string): StatusError => badRequest(`error decoding patch: ${why}`);

/** 422: a patch, but not one for this object. `where` is a path inside of the object. */
export const unfitPatch = (where: string, why: string): StatusError =>
  new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {
    causes: [{ reason: 'UnexpectedServerResponse', message: why, field: where }],
  });

/** 413. */
export const largePatch = (why: string): StatusError =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: ${why}`);

/** A merge patch is an object. */
export function objectPatch(body: unknown): JsonObject {
  if (!isObject(body)) throw badPatch('json: cannot unmarshal into Go value of type map[string]interface {}');
  return body;
}
