/**
 * What becomes of an object whose owners go.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
import type { KubeObject, OwnerReference } from '../../api/types.ts';
import type { DeleteOptions } from '../../client/contract.ts';

export const finalizer = { foreground: 'foregroundDeletion', orphan: 'orphan' } as const;

export const hasFinalizer = (object: KubeObject, name: string): boolean =>
  object.metadata.finalizers?.includes(name) ?? false;

export const isEnding = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

/** The owner goes, but only after everything that blocks it. */
export const waitsForDependents = (owner: KubeObject): boolean =>
  isEnding(owner) && hasFinalizer(owner, finalizer.foreground);

/** What is known of an owner: it is there, it waits for its dependents, it is gone, or its kind is unknown here. */
export type OwnerState = 'solid' | 'waiting' | 'absent' | 'unknown';

export type Verdict =
  | { do: 'nothing' }
  /** Some owners are left: only the references to the others go. */
  | { do: 'unlink'; ownerReferences: OwnerReference[] }
  | { do: 'delete'; propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']> };

export function verdict(
  object: KubeObject,
  stateOf: (owner: OwnerReference) => OwnerState,
  hasDependents: boolean,
): Verdict {
  const references = object.metadata.ownerReferences ?? [];
  if (references.length === 0 || isEnding(object)) return { do: 'nothing' };
  const states = references.map((reference) => ({ reference, state: stateOf(reference) }));
  const kept = states.filter(({ state }) => state === 'solid' || state === 'unknown');
  if (kept.length === references.length) return { do: 'nothing' };
  if (kept.length > 0) return { do: 'unlink', ownerReferences: kept.map(({ reference }) => reference) };
  const isForeground = hasDependents && states.some(({ state }) => state === 'waiting');
  return { do: 'delete', propagationPolicy: isForeground ? 'Foreground' : policyOf(object) };
}

/** What its finalizers say that somebody wanted for it. */
function policyOf(object: KubeObject): NonNullable<DeleteOptions['propagationPolicy']> {
  if (hasFinalizer(object, finalizer.orphan)) return 'Orphan';
  return hasFinalizer(object, finalizer.foreground) ? 'Foreground' : 'Background';
}

/** Whether this dependent keeps its owner from going. */
export const blocks = (dependent: KubeObject, owner: KubeObject): boolean =>
  dependent.metadata.ownerReferences?.some(
    (r) => r.uid === owner.metadata.uid && r.blockOwnerDeletion === true,
  ) ?? false;

export const withoutFinalizer = <T extends KubeObject>(object: T, name: string): T => ({
  ...object,
  metadata: { ...object.metadata, finalizers: (object.metadata.finalizers ?? []).filter((f) => f !== name) },
});

export const withoutOwner = <T extends KubeObject>(object: T, uid: string): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    ownerReferences: (object.metadata.ownerReferences ?? []).filter((r) => r.uid !== uid),
  },
});
