/** What ties ReplicaSets to the template and the revision of their Deployment. */
import { isDeepStrictEqual } from 'node:util';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types.ts';

export const hashLabel = 'pod-template-hash';
export const annotation = {
  revision: 'deployment.kubernetes.io/revision',
  revisionHistory: 'deployment.kubernetes.io/revision-history',
  desiredReplicas: 'deployment.kubernetes.io/desired-replicas',
  maxReplicas: 'deployment.kubernetes.io/max-replicas',
} as const;

/** These are the ReplicaSet's own, or would double its size; all others are copied to it. */
const notCopied = new Set<string>([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  ...Object.values(annotation),
]);

/** An int64, as everywhere. */
export function revisionOf(set: ReplicaSet): bigint {
  const text = set.metadata.annotations?.[annotation.revision] ?? '';
  return /^\d+$/.test(text) ? BigInt.asIntN(64, BigInt(text)) : 0n;
}

export const greatest = (revisions: readonly bigint[]): bigint =>
  revisions.reduce((max, revision) => (revision > max ? revision : max), 0n);

/** The ReplicaSet that runs the Deployment's template now; the oldest one if there are two. */
export const newSetOf = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  sets
    .toSorted(byCreation)
    .find((set) => isDeepStrictEqual(plain(set.spec?.template), plain(deployment.spec?.template)));

/** A template without what the controller itself adds. */
function plain(template: PodTemplateSpec | undefined): unknown {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  const metadata = { ...template?.metadata, labels };
  // Null and absent mean the same, and a ReplicaSet's template never has them.
  return JSON.parse(JSON.stringify({ ...template, metadata: { ...metadata, creationTimestamp: undefined } }));
}

/** Oldest first; then by name, so that the order is always the same. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const [at, bt] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return at === bt ? (a.metadata.name < b.metadata.name ? -1 : 1) : at < bt ? -1 : 1;
}

/** The annotations of the new ReplicaSet at this revision. */
export function annotationsOf(deployment: Deployment, set: ReplicaSet | undefined, revision: bigint) {
  const before = set?.metadata.annotations ?? {};
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notCopied.has(key));
  const result: Record<string, string> = { ...before, ...Object.fromEntries(copied) };
  const old = set ? revisionOf(set) : 0n;
  if (old >= revision) return result;
  result[annotation.revision] = String(revision);
  if (old > 0n) {
    const history = before[annotation.revisionHistory];
    result[annotation.revisionHistory] = history ? `${history},${old}` : String(old);
  }
  return result;
}
