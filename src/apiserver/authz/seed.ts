/**
 * Puts the default policy into the store before the first request: all that is missing in one commit, and
 * nothing when all is there. So rights need no second table in code for the time until objects are there.
 */
import { kindFor } from '../../api/kinds.ts';
import { setDefaults } from '../../api/schema/defaults.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { Mismatch, type Store } from '../../store/contract.ts';
import type { Ids } from '../object/ids.ts';
import { keyOf } from '../object/keys.ts';
import { asNew } from '../object/meta.ts';
import { defaultPolicy } from './defaults/index.ts';
import { reconciled } from './reconcile.ts';

export interface SeedDeps {
  store: Store;
  clock: Clock;
  ids: Pick<Ids, 'uid'>;
}

export async function seedPolicy(deps: SeedDeps): Promise<void> {
  await Promise.all(defaultPolicy().map((wanted) => seed(deps, wanted)));
}

async function seed({ store, clock, ids }: SeedDeps, wanted: KubeObject): Promise<void> {
  const kind = kindFor(wanted.apiVersion ?? '', wanted.kind ?? '');
  if (!kind) throw new Error(`Cannot make ${wanted.kind} ${wanted.metadata.name}: there is no such kind`);
  const key = keyOf(kind.resource, wanted.metadata.namespace, wanted.metadata.name);
  const stored = await store.get(key);
  const next = stored
    ? reconciled(wanted, stored.object)
    : setDefaults(kind, asNew(kind, structuredClone(wanted), ids.uid(), clock.now()));
  if (!next) return;
  await store.put(key, next, stored?.revision ?? 0).catch((err: unknown) => {
    // Another control plane has done it.
    if (!(err instanceof Mismatch)) throw err;
  });
}
