/**
 * The history of a StatefulSet's template: one ControllerRevision for each, numbered as they were used.
 * `kubectl rollout undo` applies the data of one to the set, as a patch.
 */
import { isDeepStrictEqual } from 'node:util';
import { statefulSets } from '../../api/resource.ts';
import type { ControllerRevision, Pod, PodTemplateSpec, StatefulSet } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { hashOf } from '../hash.ts';
import { ownerReference } from '../owners.ts';
import { label, revisionOf } from './pod.ts';

/** What stands in a revision: a strategic merge patch that puts the template back. */
const dataOf = (set: StatefulSet) => ({
  spec: { template: { ...set.spec?.template, $patch: 'replace' } },
});

export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const data = revision.data as { spec?: { template?: PodTemplateSpec & { $patch?: string } } } | undefined;
  const { $patch: _, ...template } = data?.spec?.template ?? {};
  return template;
}

export const byNumber = (a: ControllerRevision, b: ControllerRevision): number => a.revision - b.revision;

export function draftOf(
  set: StatefulSet,
  known: readonly ControllerRevision[],
): Draft<ControllerRevision> & { metadata: { name: string } } {
  const hash = hashOf(set.spec?.template, set.status?.collisionCount ?? 0);
  const { name, namespace = '', annotations } = set.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...set.spec?.selector.matchLabels, 'controller.kubernetes.io/hash': hash },
      ...(annotations && { annotations }),
      ownerReferences: [ownerReference(statefulSets, set)],
    },
    data: dataOf(set),
    revision: nextNumber(known),
  };
}

export const nextNumber = (known: readonly ControllerRevision[]): number =>
  Math.max(0, ...known.map((r) => r.revision)) + 1;

/** The revision whose template the set has now, if it was used before. */
export const sameTemplate = (
  set: StatefulSet,
  known: readonly ControllerRevision[],
): ControllerRevision | undefined => known.findLast((r) => isDeepStrictEqual(r.data, dataOf(set)));

/** Old revisions that neither a pod nor a rollback needs. */
export function beyondHistory(
  set: StatefulSet,
  known: readonly ControllerRevision[],
  inUse: readonly string[],
  pods: readonly Pod[],
): ControllerRevision[] {
  const live = new Set([...inUse, ...pods.map(revisionOf)]);
  const history = known.toSorted(byNumber).filter((r) => !live.has(r.metadata.name));
  return history.slice(0, Math.max(0, history.length - (set.spec?.revisionHistoryLimit ?? 10)));
}

export const hasRevision = (pod: Pod, revision: string): boolean =>
  pod.metadata.labels?.[label.revision] === revision;
