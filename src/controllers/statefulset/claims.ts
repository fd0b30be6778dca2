/**
 * The claims of a StatefulSet's pods: made before the pod, and there again for the one that takes its place.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage
 */
import { pods, statefulSets } from '../../api/resource.ts';
import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet, Volume } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { ownerReference } from '../owners.ts';
import { ordinalOf, type PodDraft, podName } from './pod.ts';

type NamedDraft = Draft<PersistentVolumeClaim> & { metadata: { name: string } };

const templatesOf = ({ spec }: StatefulSet) =>
  (spec?.volumeClaimTemplates ?? []).map((template) => ({
    metadata: { ...template.metadata, name: template.metadata?.name ?? '' },
    spec: template.spec,
  }));

/** `data-db-0` */
export const claimName = (set: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${podName(set, ordinal)}`;

export const claimNames = (set: StatefulSet, ordinal: number): string[] =>
  templatesOf(set).map(({ metadata }) => claimName(set, metadata.name, ordinal));

export const claimsFor = (set: StatefulSet, ordinal: number): NamedDraft[] =>
  templatesOf(set).map(({ metadata, spec }) => {
    const labels = { ...metadata.labels, ...set.spec?.selector.matchLabels };
    const owners = mayBeDeleted(set, 'whenDeleted') ? [reference(set, statefulSets)] : [];
    return {
      metadata: {
        name: claimName(set, metadata.name, ordinal),
        namespace: set.metadata.namespace ?? '',
        labels,
        ...(metadata.annotations && { annotations: metadata.annotations }),
        ...(owners.length > 0 && { ownerReferences: owners }),
      },
      ...(spec && { spec }),
    };
  });

/** The pod with this number: a claim takes the place of a volume of its name. */
export function withClaims(pod: PodDraft, set: StatefulSet, ordinal: number): PodDraft {
  const claims: Volume[] = templatesOf(set).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: claimName(set, name, ordinal) },
  }));
  if (claims.length === 0 || !pod.spec) return pod;
  const names = new Set(claims.map(({ name }) => name));
  const others = pod.spec.volumes?.filter(({ name }) => !names.has(name)) ?? [];
  return { ...pod, spec: { ...pod.spec, volumes: [...claims, ...others] } };
}

const mayBeDeleted = ({ spec }: StatefulSet, when: 'whenDeleted' | 'whenScaled'): boolean =>
  spec?.persistentVolumeClaimRetentionPolicy?.[when] === 'Delete';

/** Nobody's controller: whoever made a claim by hand keeps it. */
function reference(owner: StatefulSet | Pod, resource: Parameters<typeof ownerReference>[0]): OwnerReference {
  const { controller: _, blockOwnerDeletion: __, ...rest } = ownerReference(resource, owner);
  return rest;
}

/**
 * With whom a claim of this pod goes, as the retention policy says: with the pod when that is scaled away,
 * or with the set. Undefined when it stands there already.
 */
export function ownersOf(
  set: StatefulSet,
  pod: Pod,
  { metadata }: PersistentVolumeClaim,
): OwnerReference[] | undefined {
  const isScaledAway = mayBeDeleted(set, 'whenScaled') && isBeyond(set, ordinalOf(set, pod) ?? 0);
  const wanted = isScaledAway
    ? [reference(pod, pods)]
    : mayBeDeleted(set, 'whenDeleted')
      ? [reference(set, statefulSets)]
      : [];
  const before = metadata.ownerReferences ?? [];
  const isOurs = ({ uid, kind, name }: OwnerReference) =>
    uid === set.metadata.uid || (kind === pods.kind && name === pod.metadata.name);
  const ours = before.filter(isOurs).map(({ uid }) => uid);
  if (ours.length === wanted.length && wanted.every(({ uid }) => ours.includes(uid))) return undefined;
  return [...before.filter((owner) => !isOurs(owner)), ...wanted];
}

function isBeyond({ spec }: StatefulSet, ordinal: number): boolean {
  const start = spec?.ordinals?.start ?? 0;
  return ordinal < start || ordinal >= start + (spec?.replicas ?? 1);
}
