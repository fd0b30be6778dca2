/**
 * Which objects a controller with a selector takes care of: those that name it as their controller and
 * match, and those that match and have no controller, which it adopts. What no longer matches is let go.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#non-template-pod-acquisitions
 */
import { isNotFound } from '../api/errors.ts';
import type { Resource } from '../api/resource.ts';
import type { KubeObject, LabelSelector } from '../api/types.ts';
import type { Client } from '../client/contract.ts';
import { controllerOf, isControlledBy, ownerReference } from './owners.ts';
import { selects } from './selection.ts';

export interface Claim<T> {
  owned: T[];
  adopt: T[];
  release: T[];
}

/** `candidates`: everything that this owner controls, and everything in its namespace that nobody does. */
export function claim<T extends KubeObject>(
  owner: KubeObject,
  selector: LabelSelector | undefined,
  candidates: readonly T[],
): Claim<T> {
  const result: Claim<T> = { owned: [], adopt: [], release: [] };
  for (const object of candidates) {
    const matches = selects(selector, object.metadata.labels);
    if (isControlledBy(object, owner)) {
      if (matches) result.owned.push(object);
      else if (!owner.metadata.deletionTimestamp) result.release.push(object);
    } else if (matches && !controllerOf(object) && !object.metadata.deletionTimestamp) {
      if (!owner.metadata.deletionTimestamp) result.adopt.push(object);
    }
  }
  return result;
}

/** Carries the claim out; resolves with all that is owned then. */
export async function takeUp<Owner extends KubeObject, T extends KubeObject>(
  client: Client,
  kinds: { owner: Resource<Owner>; object: Resource<T> },
  owner: Owner,
  { owned, adopt, release }: Claim<T>,
): Promise<T[]> {
  for (const object of release) await letGo(client, kinds.object, owner, object);
  if (adopt.length === 0) return owned;
  // The copy that we know may be old: an owner that is gone must not adopt.
  const fresh = await client.get(kinds.owner, owner.metadata.name, owner.metadata.namespace);
  if (fresh.metadata.uid !== owner.metadata.uid || fresh.metadata.deletionTimestamp) return owned;
  const adopted: T[] = [];
  for (const object of adopt) {
    const ownerReferences = [...(object.metadata.ownerReferences ?? []), ownerReference(kinds.owner, owner)];
    const next = { ...object, metadata: { ...object.metadata, ownerReferences } };
    adopted.push(await client.update(kinds.object, next));
  }
  return [...owned, ...adopted];
}

async function letGo<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  owner: KubeObject,
  object: T,
): Promise<void> {
  const ownerReferences = (object.metadata.ownerReferences ?? []).filter((r) => r.uid !== owner.metadata.uid);
  try {
    await client.update(resource, { ...object, metadata: { ...object.metadata, ownerReferences } });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
