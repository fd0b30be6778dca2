/**
 * The store as one kind sees it: objects come out in the version that the request speaks, and go in as
 * they are stored; Services bring their addresses along. For most kinds that is the store itself.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#writing-reading-and-updating-versioned-customresourcedefinition-objects
 */
import type { Kind, StoredForm } from '../../api/kind.ts';
import { services } from '../../api/resource.ts';
import type { Change, Entry, Store, WatchStream } from '../../store/contract.ts';
import { type AddressStamp, withIPAddresses } from '../admission/serviceAllocation/ipAddresses.ts';

export function storeOf(store: Store, { stored, resource }: Kind, stamp: AddressStamp): Store {
  if (stored) return converting(store, stored);
  return resource === services ? withIPAddresses(store, stamp) : store;
}

function converting(store: Store, form: StoredForm): Store {
  const served = servedBy(form);
  const one = async (entry: Entry): Promise<Entry> => (await served([entry]))[0] ?? entry;
  return {
    revision: () => store.revision(),
    compact: (revision) => store.compact(revision),
    close: () => store.close(),
    async get(key) {
      const entry = await store.get(key);
      return entry && one(entry);
    },
    async list(prefix, options) {
      const listing = await store.list(prefix, options);
      return { ...listing, entries: await served(listing.entries) };
    },
    async put(key, object, expected, options) {
      const [kept = object] = await form.toStored([object]);
      return one(await store.put(key, kept, expected, options));
    },
    delete: async (key, expected) => one(await store.delete(key, expected)),
    async commit(writes) {
      const kept = await Promise.all(
        writes.map(async (write) => {
          const [object] = write.object ? await form.toStored([write.object]) : [];
          return { ...write, ...(object && { object }) };
        }),
      );
      return [...(await served(await store.commit(kept)))];
    },
    watch: (prefix, afterRevision) => convertedWatch(store.watch(prefix, afterRevision), served),
  };
}

type Served = (entries: readonly Entry[]) => Promise<readonly Entry[]>;

/** What was converted, by the form: an entry is converted once, however many read it. */
const known = new WeakMap<StoredForm, WeakMap<Entry, Entry>>();

function servedBy(form: StoredForm): Served {
  const done = known.get(form) ?? new WeakMap<Entry, Entry>();
  known.set(form, done);
  return async (entries) => {
    const missing = entries.filter((entry) => !done.has(entry));
    const objects = missing.length > 0 ? await form.toServed(missing.map((entry) => entry.object)) : [];
    for (const [i, entry] of missing.entries()) {
      const object = objects[i] ?? entry.object;
      done.set(entry, { ...entry, object, json: JSON.stringify(object) });
    }
    return entries.map((entry) => done.get(entry) ?? entry);
  };
}

function convertedWatch(stream: WatchStream, served: Served): WatchStream {
  return {
    close: () => stream.close(),
    async *[Symbol.asyncIterator]() {
      for await (const item of stream) yield Array.isArray(item) ? await changes(item, served) : item;
    },
  };
}

async function changes(batch: readonly Change[], served: Served): Promise<Change[]> {
  const entries = await served(
    batch.flatMap(({ entry, previous }) => (previous ? [entry, previous] : [entry])),
  );
  let next = 0;
  return batch.map((change) => {
    const entry = entries[next++] ?? change.entry;
    const previous = change.previous && entries[next++];
    return { ...change, entry, ...(previous && { previous }) };
  });
}
