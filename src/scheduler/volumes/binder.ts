/** Gets the claims of a pod their volumes on the node that it will be bound to. */
import { promisedTo } from '../../api/core/persistentvolume/promise.ts';
import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '../../api/resource.ts';
import { annotation } from '../../api/storage/words.ts';
import type { Node, PersistentVolumeClaim, Pod } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import type { Informers } from '../../client/shared.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Volumes } from './contract.ts';
import { claimsOf, planFor, type VolumePlan } from './plan.ts';
import { claimWaits } from './waits.ts';

export interface VolumeBinder extends Volumes {
  readonly synced: Promise<unknown>;
  /** Calls when something changed that may let pods fit. */
  onChange(listener: () => void): void;
  /** Takes the volumes that the pod will have out of the choice of others; undefined when none are to be bound. */
  reserve(pod: Pod, node: Node): Reservation | undefined;
}

export interface Reservation {
  /** Resolves when all claims have their volumes. Rejects when one gets none: the pod is to be placed anew. */
  bind(): Promise<void>;
  release(): void;
}

export function volumeBinder(
  client: Client,
  informers: Informers,
  clock: Clock,
  signal: AbortSignal,
): VolumeBinder {
  const known = {
    claims: informers.of(persistentVolumeClaims),
    volumes: informers.of(persistentVolumes),
    classes: informers.of(storageClasses),
    pods: informers.of(pods),
  };
  const reserved = new Set<string>();
  const allBound = claimWaits(known, clock, signal);

  const volumes: Volumes = {
    claim: (key) => known.claims.get(key),
    volume: (name) => known.volumes.get(name),
    storageClass: (name) => known.classes.get(name),
    free: () => [...known.volumes.list()].filter(({ metadata }) => !reserved.has(metadata.name)),
    podsWith: (claimKey) => known.pods.by('claim', claimKey),
  };

  return {
    ...volumes,
    synced: Promise.all(Object.values(known).map(({ synced }) => synced)),
    onChange(listener) {
      const tell = () => !signal.aborted && listener();
      for (const informer of [known.claims, known.volumes, known.classes]) informer.onChange(tell);
    },
    reserve(pod, node) {
      const claims = claimsOf(pod, volumes);
      if (typeof claims === 'string' || claims.waiting.length === 0) return undefined;
      const plan = planFor(claims.waiting, node, volumes);
      if (!plan) return undefined;
      const names = plan.promise.map(({ volume }) => volume.metadata.name);
      for (const name of names) reserved.add(name);
      return {
        async bind() {
          await carryOut(client, plan, node);
          await allBound({ pod, claims: claims.waiting, provisioned: plan.provision });
        },
        release: () => names.forEach((name) => void reserved.delete(name)),
      };
    },
  };
}

/** A conflict here is not one about the pod: it must not look like one. */
async function carryOut(client: Client, { promise, provision }: VolumePlan, node: Node): Promise<void> {
  try {
    for (const { claim, volume } of promise)
      await client.update(persistentVolumes, promisedTo(volume, claim));
    for (const claim of provision) {
      if (claim.metadata.annotations?.[annotation.selectedNode] === node.metadata.name) continue;
      await client.update(persistentVolumeClaims, selecting(claim, node));
    }
  } catch (err) {
    throw new Error(`binding volumes: ${err instanceof Error ? err.message : String(err)}`, { cause: err });
  }
}

const selecting = (claim: PersistentVolumeClaim, node: Node): PersistentVolumeClaim => ({
  ...claim,
  metadata: {
    ...claim.metadata,
    annotations: { ...claim.metadata.annotations, [annotation.selectedNode]: node.metadata.name },
  },
});
