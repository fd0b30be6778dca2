import { badRequest } from '../../api/errors.ts';
import type { ListMeta } from '../../api/types.ts';
import { Compacted, type Entry, type Listing } from '../../store/contract.ts';
import { answerMany } from '../answer/views.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { placeOf, prefixOf } from '../object/keys.ts';
import {
  type ContinueToken,
  expiredContinue,
  readContinue,
  writeContinue,
} from '../request/continueToken.ts';
import { type ListOptions, readListOptions } from '../request/listOptions.ts';
import { checkReadVersion } from '../request/resourceVersion.ts';
import { type Selection, selected, selectionOf } from '../request/selection.ts';

/** GET of a collection. */
export async function list(call: Call): Promise<ObjectAnswer> {
  const { kind, request } = call;
  const options = readListOptions(request.query, 'list');
  const selection = selectionOf(kind, request.query);
  const page = await readPage(call, options, selection);
  return answerMany(call, page.metadata, page.entries);
}

interface Page {
  entries: readonly Entry[];
  metadata: ListMeta;
}

async function readPage(call: Call, options: ListOptions, selection: Selection): Promise<Page> {
  const token = options.continue === undefined ? undefined : readContinue(options.continue);
  if (token && options.resourceVersion)
    throw badRequest('specifying resource version is not allowed when using continue');
  const revision = token ? token.revision : exactRevision(call, options);
  const { limit = Infinity } = options;
  const listing = await read(call, token, revision, selection.everything ? limit : Infinity);
  const matching = await selected(listing.entries, selection);
  const entries = matching.length > limit ? matching.slice(0, limit) : matching;
  const metadata: ListMeta = { resourceVersion: String(listing.revision) };
  const last = entries.at(-1);
  const remaining = listing.remaining + matching.length - entries.length;
  if (last && remaining > 0) {
    metadata.continue = writeContinue({ revision: listing.revision, after: last.key });
    if (selection.everything) metadata.remainingItemCount = remaining;
  }
  return { entries, metadata };
}

/** A page that goes on is of the revision of the first; a first page is the newest unless another is asked for. */
function exactRevision({ store }: Call, { resourceVersion, match, limit }: ListOptions): number | undefined {
  checkReadVersion(resourceVersion, store.revision());
  const exact = match === 'Exact' || (match === undefined && limit !== undefined);
  return exact && resourceVersion ? resourceVersion : undefined;
}

async function read(
  { kind, store, namespace }: Call,
  token: ContinueToken | undefined,
  revision: number | undefined,
  limit: number,
): Promise<Listing> {
  try {
    return await store.list(prefixOf(placeOf(kind), namespace), {
      ...(limit < Infinity && { limit }),
      ...(token && { startAfter: token.after }),
      ...(revision !== undefined && { revision }),
    });
  } catch (err) {
    if (token && err instanceof Compacted) throw expiredContinue(token);
    throw err;
  }
}
