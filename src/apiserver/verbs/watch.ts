import { expired } from '../../api/errors.ts';
import { metadataOf } from '../../api/table.ts';
import type { KubeObject } from '../../api/types.ts';
import { type Entry, TooSlow, type WatchStream } from '../../store/contract.ts';
import { addedEvent, bookmark, eventOf } from '../answer/events.ts';
import { type Shape, shapeOf, tableOfOne } from '../answer/views.ts';
import type { Call } from '../call.ts';
import type { ServedEvent, WatchAnswer } from '../contract.ts';
import { placeOf, prefixOf } from '../object/keys.ts';
import { type ListOptions, readListOptions } from '../request/listOptions.ts';
import { checkReadVersion } from '../request/resourceVersion.ts';
import { type Selection, selected, selectionOf } from '../request/selection.ts';

/** Kubernetes ends a watch after 30 to 60 minutes, so that clients spread over servers anew. */
const usualTimeoutMs = 30 * 60_000;
const initialAtOnce = 200;
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists */
const initialEnd = { 'k8s.io/initial-events-end': 'true' };

/** GET of a collection with `watch=true`. */
export async function watch(call: Call): Promise<WatchAnswer> {
  const { kind, store, namespace, request } = call;
  const options = readListOptions(request.query, 'watch');
  const selection = selectionOf(kind, request.query);
  const shape = shapeOf(call);
  checkReadVersion(options.resourceVersion, store.revision());
  const prefix = prefixOf(placeOf(kind), namespace);
  const initial = wantsInitial(options) ? await store.list(prefix) : undefined;
  const stream = store.watch(prefix, initial?.revision ?? options.resourceVersion ?? store.revision());
  const release = endInTime(call, stream, options.timeoutMs ?? usualTimeoutMs * (1 + Math.random()));
  const events = watchEvents(call, { options, selection, stream, release, ...(initial && { initial }) });
  return { code: 200, events: shape === 'object' ? events : reshaped(call, shape, events) };
}

/** Without a version, or with "0", a watch begins with what is there, unless it says otherwise. */
const wantsInitial = ({ sendInitialEvents, resourceVersion }: ListOptions) =>
  sendInitialEvents ?? !resourceVersion;

/** Closes the stream when its time is over or the client is gone; what is returned closes it before. */
function endInTime({ parts, request }: Call, stream: WatchStream, timeoutMs: number): () => void {
  const over = new AbortController();
  const end = () => {
    over.abort();
    stream.close();
    request.signal.removeEventListener('abort', end);
  };
  request.signal.addEventListener('abort', end);
  void parts.clock.sleep(timeoutMs, over.signal).then(end);
  if (request.signal.aborted) end();
  return end;
}

interface Watching {
  options: ListOptions;
  selection: Selection;
  stream: WatchStream;
  release: () => void;
  initial?: { entries: readonly Entry[]; revision: number };
}

type Events = AsyncGenerator<readonly ServedEvent[], void>;

async function* watchEvents(call: Call, watching: Watching): Events {
  const { options, selection, stream } = watching;
  try {
    yield* initialEvents(call, watching);
    for await (const item of stream) {
      if (Array.isArray(item)) {
        const events = item
          .map((change) => eventOf(change, selection.matches))
          .filter((e) => e !== undefined);
        if (events.length > 0) yield events;
      } else if (options.bookmarks) yield [bookmark(call.kind, item.progress)];
    }
  } catch (err) {
    if (!(err instanceof TooSlow)) throw err;
    yield [{ type: 'ERROR', object: expired(err.message).status }];
  } finally {
    watching.release();
  }
}

async function* initialEvents({ kind, request }: Call, { options, selection, initial }: Watching): Events {
  if (!initial) return;
  const matching = await selected(initial.entries, selection);
  for (let i = 0; i < matching.length && !request.signal.aborted; i += initialAtOnce)
    yield matching.slice(i, i + initialAtOnce).map(addedEvent);
  if (options.sendInitialEvents) yield [bookmark(kind, initial.revision, initialEnd)];
}

async function* reshaped(call: Call, shape: Shape, events: Events): Events {
  for await (const batch of events) yield batch.map((event) => reshapedEvent(call, shape, event));
}

function reshapedEvent(call: Call, shape: Shape, { type, object }: ServedEvent): ServedEvent {
  if (type === 'ERROR') return { type, object };
  const seen = object as KubeObject;
  if (shape === 'metadata') return { type, object: metadataOf(seen) };
  const table = tableOfOne(call, seen, call.kind.columns);
  return { type, object: type === 'BOOKMARK' ? { ...table, rows: [] } : table };
}
