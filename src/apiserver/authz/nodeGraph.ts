/**
 * Which node may read which object because of its pods: pod → what it names, claim → its volume → the
 * volume's secrets. Counted, so that what two pods name is let go with the second.
 */
import { persistentVolumes, pods } from '../../api/resource.ts';
import { nodeOfDirectory } from '../../api/storage/localPath.ts';
import type { KubeObject, PersistentVolume, Pod } from '../../api/types.ts';
import { prefixOf } from '../object/keys.ts';
import type { Follower } from './follow.ts';
import { podReferences, type Reference, referenceTo } from './podReferences.ts';

export interface NodeGraph extends Follower {
  /** Whether a pod of the node leads to the object; no namespace for a PersistentVolume. */
  leadsTo(nodeName: string, plural: string, namespace: string, name: string): boolean;
  /** Whether the volume is a directory that the node made. */
  keeps(nodeName: string, volume: string): boolean;
  /** Whether the pod is bound to the node. */
  runs(nodeName: string, namespace: string, name: string): boolean;
}

export function nodeGraph(): NodeGraph {
  const nodes = new Map<string, Map<Reference, number>>();
  /** The claim that each volume is bound to, and the volumes whose secrets are these. */
  const claims = new Map<string, Reference>();
  const volumesOfSecret = new Map<Reference, Set<string>>();
  /** The node that each volume is a directory of. */
  const keepers = new Map<string, string>();

  function count(pod: Pod, step: 1 | -1): void {
    const nodeName = pod.spec?.nodeName;
    if (!nodeName || isMirror(pod)) return;
    const counts = nodes.get(nodeName) ?? new Map<Reference, number>();
    nodes.set(nodeName, counts);
    for (const reference of [referenceOf(pod), ...podReferences(pod)]) {
      const next = (counts.get(reference) ?? 0) + step;
      if (next > 0) counts.set(reference, next);
      else counts.delete(reference);
    }
    if (counts.size === 0) nodes.delete(nodeName);
  }

  function link(volume: PersistentVolume): void {
    const { name } = volume.metadata;
    const claim = claimOf(volume);
    if (claim) claims.set(name, claim);
    const keeper = nodeOfDirectory(volume);
    if (keeper) keepers.set(name, keeper);
    for (const secret of secretsOf(volume))
      volumesOfSecret.set(secret, (volumesOfSecret.get(secret) ?? new Set()).add(name));
  }

  function unlink(volume: PersistentVolume): void {
    const { name } = volume.metadata;
    claims.delete(name);
    keepers.delete(name);
    for (const secret of secretsOf(volume)) {
      const volumes = volumesOfSecret.get(secret);
      volumes?.delete(name);
      if (volumes?.size === 0) volumesOfSecret.delete(secret);
    }
  }

  const names = (nodeName: string, reference: Reference | undefined): boolean =>
    reference !== undefined && (nodes.get(nodeName)?.has(reference) ?? false);

  const keeps = (nodeName: string, volume: string) => keepers.get(volume) === nodeName;

  return {
    prefixes: [prefixOf(pods), prefixOf(persistentVolumes)],
    set(object, previous) {
      if (isVolume(object)) {
        if (previous) unlink(previous as PersistentVolume);
        link(object);
        return;
      }
      const [pod, before] = [object as Pod, previous as Pod | undefined];
      if (before && isSameToNode(pod, before)) return;
      // First the new, so that what stays is never away.
      count(pod, 1);
      if (before) count(before, -1);
    },
    remove(object) {
      if (isVolume(object)) unlink(object);
      else count(object as Pod, -1);
    },
    clear() {
      nodes.clear();
      claims.clear();
      volumesOfSecret.clear();
      keepers.clear();
    },
    leadsTo(nodeName, plural, namespace, name) {
      if (plural === persistentVolumes.plural)
        return names(nodeName, claims.get(name)) || keeps(nodeName, name);
      const reference = referenceTo(plural, namespace, name);
      if (names(nodeName, reference)) return true;
      for (const volume of volumesOfSecret.get(reference) ?? [])
        if (names(nodeName, claims.get(volume))) return true;
      return false;
    },
    keeps,
    runs: (nodeName, namespace, name) => names(nodeName, referenceTo(pods.plural, namespace, name)),
  };
}

const isVolume = (object: KubeObject): object is PersistentVolume => object.kind === persistentVolumes.kind;

/** Made by a kubelet to show what it runs on its own account: it must not let itself into anything by that. */
const isMirror = ({ metadata }: Pod): boolean =>
  metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

/** Most writes to a pod are its status. What it names changes only with its generation. */
const isSameToNode = (pod: Pod, before: Pod): boolean =>
  pod.spec?.nodeName === before.spec?.nodeName && pod.metadata.generation === before.metadata.generation;

const referenceOf = ({ metadata }: Pod): Reference =>
  referenceTo(pods.plural, metadata.namespace ?? '', metadata.name);

function claimOf({ spec }: PersistentVolume): Reference | undefined {
  const { namespace, name } = spec?.claimRef ?? {};
  return namespace && name ? referenceTo('persistentvolumeclaims', namespace, name) : undefined;
}

/** Those of a volume without a namespace of their own stand in that of its claim. */
function secretsOf({ spec }: PersistentVolume): Reference[] {
  const namespace = spec?.claimRef?.namespace;
  const named = [
    spec?.azureFile && { name: spec.azureFile.secretName, namespace: spec.azureFile.secretNamespace },
    spec?.csi?.nodePublishSecretRef,
    spec?.csi?.nodeStageSecretRef,
    spec?.csi?.nodeExpandSecretRef,
    spec?.cephfs?.secretRef,
    spec?.cinder?.secretRef,
    spec?.flexVolume?.secretRef,
    spec?.iscsi?.secretRef,
    spec?.rbd?.secretRef,
    spec?.scaleIO?.secretRef,
  ];
  return named.flatMap((ref) => {
    const where = ref?.namespace || namespace;
    return ref?.name && where ? [referenceTo('secrets', where, ref.name)] : [];
  });
}
