/** A change as it looks in the versions in which its object's owners have named their fields. */
import type { Kind } from '../../api/kind.ts';
import type { KindRegistry } from '../../api/registry.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { structureOf } from '../../api/schema/structure.ts';
import type { KubeObject } from '../../api/types.ts';
import { compare } from './compare.ts';
import type { Entry } from './entries.ts';
import type { Compared } from './ownership.ts';

/** Compares the two objects, which are of `kind`, in its version and those of the entries. */
export async function comparedFor(
  kinds: KindRegistry,
  kind: Kind,
  entries: readonly Entry[],
  old: object,
  next: object,
): Promise<Compared> {
  const own = apiVersionOf(kind.resource);
  const compared = new Map([[own, compare(old, next, structureOf(kind))]]);
  for (const { apiVersion } of entries) {
    if (compared.has(apiVersion)) continue;
    const other = kinds.for(apiVersion, kind.resource.kind);
    if (!other) continue;
    const [before, after] = await convert([old, next] as KubeObject[], kind, other);
    compared.set(apiVersion, compare(before ?? old, after ?? next, structureOf(other)));
  }
  return (apiVersion) => compared.get(apiVersion);
}

/** Objects of one kind in another of its versions. */
export async function convert(
  objects: readonly KubeObject[],
  from: Kind,
  to: Kind,
): Promise<readonly KubeObject[]> {
  if (from === to) return objects;
  const stored = from.stored ? await from.stored.toStored(objects) : objects;
  return to.stored ? to.stored.toServed(stored) : stored;
}
