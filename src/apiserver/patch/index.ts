/**
 * The kinds of PATCH that change what is there. Server-side apply, which says what is to be there, is
 * `verbs/apply.ts`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
 */

import { clone, type JsonObject } from '../../api/jsonValue.ts';
import { checkTree, mediaTypeOf, unknownFormat } from '../wire/index.ts';
import { objectPatch } from './errors.ts';
import { applyJsonPatch } from './json.ts';
import { mergePatch } from './merge.ts';
import { strategicMerge } from './strategic/merge.ts';
import { schemaOf } from './strategic/schema.ts';

export interface Patch {
  /** The `Content-Type` header. */
  contentType: string | undefined;
  /** The patch as a JSON value. */
  body: unknown;
  current: object;
  /** The message of `current`: `core/v1.Service`. */
  message: string;
}

const accepted = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/**
 * The object as the patch makes it. `current` is not changed and shares nothing with the answer.
 *
 * @throws {StatusError} 400 a patch that is malformed, 413 one that is too large, 415 a kind of patch that
 * is not known, 422 one that does not fit `current`.
 */
export function applyPatch({ contentType, body, current, message }: Patch): object {
  const original = clone(current as JsonObject);
  switch (mediaTypeOf(contentType)) {
    case 'application/json-patch+json':
      return applyJsonPatch(original, clone(body));
    case 'application/merge-patch+json':
      return mergePatch(original, clone(objectPatch(body)));
    case 'application/strategic-merge-patch+json': {
      const patched = strategicMerge(original, clone(objectPatch(body)), schemaOf(message));
      checkTree(patched);
      return patched;
    }
    default:
      throw unknownFormat(accepted);
  }
}
