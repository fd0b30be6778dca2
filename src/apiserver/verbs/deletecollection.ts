import { setImmediate } from 'node:timers/promises';
import { isNotFound } from '../../api/errors.ts';
import type { Entry } from '../../store/contract.ts';
import { answerMany } from '../answer/views.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { placeOf, prefixOf } from '../object/keys.ts';
import { selected, selectionOf } from '../request/selection.ts';
import { readDeleteOptions, removeOne } from './delete.ts';

/** The store commits them together; more would hold up everybody else. */
const atOnce = 100;

/** DELETE of a collection: each object that the selectors mean, as if it were deleted alone. */
export async function deletecollection(call: Call): Promise<ObjectAnswer> {
  const { kind, namespace, request } = call;
  const options = readDeleteOptions(request);
  const selection = selectionOf(kind, request.query);
  const { entries, revision } = await call.store.list(prefixOf(placeOf(kind), namespace));
  const meant = await selected(entries, selection);
  const remove = async ({ object }: Entry) => {
    const within = object.metadata.namespace;
    const one: Call = { ...call, name: object.metadata.name, ...(within && { namespace: within }) };
    await removeOne(one, options).catch((err: unknown) => {
      if (!isNotFound(err)) throw err;
    });
  };
  for (let i = 0; i < meant.length; i += atOnce) {
    if (i > 0) await setImmediate();
    await Promise.all(meant.slice(i, i + atOnce).map(remove));
  }
  return answerMany(call, { resourceVersion: String(revision) }, meant);
}
