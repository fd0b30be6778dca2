import { isNotFound } from '../../api/errors.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { placeOf, prefixOf } from '../keys.ts';
import { selectionOf } from '../selection.ts';
import { listOf } from '../views.ts';
import { readDeleteOptions, removeOne } from './delete.ts';

/** DELETE of a collection: each object that the selectors mean, as if it were deleted alone. */
export async function deletecollection(call: Call): Promise<ObjectAnswer> {
  const { kind, namespace, request } = call;
  const options = readDeleteOptions(request);
  const selection = selectionOf(kind, request.query);
  const { entries, revision } = await call.store.list(prefixOf(placeOf(kind), namespace));
  const meant = entries.filter((entry) => selection.matches(entry.object));
  // All at once: the store commits them together.
  const removals = meant.map(async ({ object }) => {
    const within = object.metadata.namespace;
    const one: Call = { ...call, name: object.metadata.name, ...(within && { namespace: within }) };
    await removeOne(one, options).catch((err: unknown) => {
      if (!isNotFound(err)) throw err;
    });
  });
  await Promise.all(removals);
  return { code: 200, object: listOf(kind, { resourceVersion: String(revision) }, meant) };
}
