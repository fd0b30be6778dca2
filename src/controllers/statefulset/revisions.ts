/** The history of a StatefulSet's template: its pods carry the name of a revision. */
import type { ControllerRevision, Pod, StatefulSet } from '../../api/types.ts';
import * as revisions from '../revisions.ts';
import { label, revisionOf } from './pod.ts';

/** On a ControllerRevision: the hash at the end of its name. */
export const hashLabel = 'controller.kubernetes.io/hash';

/** Old revisions that neither a pod nor a rollback needs. */
export function beyondHistory(
  set: StatefulSet,
  known: readonly ControllerRevision[],
  inUse: readonly string[],
  pods: readonly Pod[],
): ControllerRevision[] {
  const live = new Set([...inUse, ...pods.map(revisionOf)]);
  return revisions.beyondHistory(set, known, (r) => live.has(r.metadata.name));
}

export const hasRevision = (pod: Pod, revision: string): boolean =>
  pod.metadata.labels?.[label.revision] === revision;
