/** What of an object a patch does not reach need not be read and written again. */

import { isObject } from '../../api/jsonValue.ts';
import type { KubeObject } from '../../api/types.ts';
import { without } from '../object/without.ts';

/**
 * The object without its `managedFields`, unless the patch speaks of them: they can be half of it, and hardly
 * anybody does.
 */
export function patchable(object: object, patch: unknown): object {
  const { metadata } = object as Partial<KubeObject>;
  if (!metadata?.managedFields || reachesManagedFields(patch)) return object;
  return { ...object, metadata: without(metadata, 'managedFields') };
}

function reachesManagedFields(patch: unknown): boolean {
  if (Array.isArray(patch)) return patch.some(isReaching);
  return isObject(patch) && isObject(patch['metadata']) && 'managedFields' in patch['metadata'];
}

const isReaching = (operation: unknown) =>
  isObject(operation) && [operation['path'], operation['from']].some(isAbove);

/** Of the JSON pointer of an operation. */
const isAbove = (pointer: unknown) =>
  pointer === '' ||
  pointer === '/metadata' ||
  (typeof pointer === 'string' && pointer.startsWith('/metadata/managedFields'));
