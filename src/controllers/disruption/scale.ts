/** How many pods the owners of some pods want to have. */
import {
  deployments,
  type Resource,
  replicaSets,
  replicationControllers,
  statefulSets,
} from '../../api/resource.ts';
import type { KubeObject, Pod } from '../../api/types.ts';
import type { Informer } from '../../client/contract.ts';
import { controllerOf } from '../owners.ts';
import type { Scale } from './desired.ts';

interface Scaled extends KubeObject {
  spec?: { replicas?: number };
}

/** Kinds that say how many they want; a ReplicaSet's Deployment knows better. */
export const scaledKinds: readonly Resource<Scaled>[] = [
  replicaSets,
  statefulSets,
  replicationControllers,
  deployments,
] as readonly Resource<Scaled>[];

export type Owners = ReadonlyMap<string, Informer<Scaled>>;

/** Each owner is counted once, however many of its pods there are. */
export function scaleOf(pods: readonly Pod[], owners: Owners): Scale {
  const wanted = new Map<string, number>();
  for (const pod of pods) {
    const { name, namespace } = pod.metadata;
    const owner = controllerOf(pod);
    if (!owner) return { unknown: `found no controller ref for pod "${name}"` };
    const found = ownerOf(pod, owners);
    if (!found) {
      const known = owners.has(owner.kind);
      return {
        unknown: known
          ? `found no controllers for pod "${name}"`
          : `${owner.kind.toLowerCase()}s.${owner.apiVersion.split('/')[0]} does not implement the scale subresource`,
      };
    }
    wanted.set(found.metadata.uid ?? `${namespace}/${found.metadata.name}`, found.spec?.replicas ?? 1);
  }
  return { wanted: [...wanted.values()].reduce((sum, n) => sum + n, 0) };
}

function ownerOf(pod: KubeObject, owners: Owners): Scaled | undefined {
  const reference = controllerOf(pod);
  const found = owners.get(reference?.kind ?? '')?.get(`${pod.metadata.namespace}/${reference?.name}`);
  if (!found || found.metadata.uid !== reference?.uid) return undefined;
  return ownerOf(found, owners) ?? found;
}
