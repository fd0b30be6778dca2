/** Waits until the claims of a pod have their volumes. */
import { annotation } from '../../api/storage/words.ts';
import type { PersistentVolumeClaim, Pod } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';
import { isBound } from './plan.ts';

/** As long as Kubernetes waits: https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/#VolumeBindingArgs */
const bindTimeoutMs = 600_000;

interface Known {
  claims: Informer<PersistentVolumeClaim>;
  pods: Informer<Pod>;
}

export interface ClaimsWait {
  pod: Pod;
  claims: readonly PersistentVolumeClaim[];
  /** Those of them that get a new volume, on the node that was written to them. */
  provisioned: readonly PersistentVolumeClaim[];
}

/** Rejects when it is in vain: the pod or a claim is gone, the node was taken back, or the time is over. */
export function claimWaits(known: Known, clock: Clock, signal: AbortSignal) {
  const looks = new Set<() => void>();
  const lookAll = () => looks.forEach((look) => look());
  known.claims.onChange(lookAll);
  known.pods.onChange((now) => {
    if (!now || now.metadata.deletionTimestamp) lookAll();
  });

  return async (wait: ClaimsWait): Promise<void> => {
    const settled = new AbortController();
    const end = Promise.withResolvers<void>();
    const isSelected = new Set<string>();
    const look = () => {
      const states = wait.claims.map((claim) => stateOf(claim, wait, known, isSelected));
      const failure =
        whyInVain(wait.pod, known) ?? states.find((one) => one !== 'bound' && one !== 'waiting');
      if (failure !== undefined) end.reject(new Error(`binding volumes: ${failure}`));
      else if (states.every((one) => one === 'bound')) end.resolve();
    };
    void clock
      .sleep(bindTimeoutMs, AbortSignal.any([signal, settled.signal]))
      .then(() => end.reject(new Error('binding volumes: timed out')));
    looks.add(look);
    look();
    try {
      await end.promise;
    } finally {
      looks.delete(look);
      settled.abort();
    }
  };
}

function whyInVain(pod: Pod, { pods }: Known): string | undefined {
  const now = pods.get(keyOf(pod));
  const isThere = now?.metadata.uid === pod.metadata.uid && !now?.metadata.deletionTimestamp;
  return isThere ? undefined : `pod "${pod.metadata.name}" is gone`;
}

/** `bound`, `waiting`, or why it is in vain. */
function stateOf(
  claim: PersistentVolumeClaim,
  { provisioned }: ClaimsWait,
  { claims }: Known,
  isSelected: Set<string>,
): string {
  const { name, uid } = claim.metadata;
  const now = claims.get(keyOf(claim));
  if (!now || now.metadata.uid !== uid) return `persistentvolumeclaim "${name}" not found`;
  if (isBound(now) && now.status?.phase === 'Bound') return 'bound';
  if (!provisioned.includes(claim)) return 'waiting';
  // The watch may still show the claim as it was before; only what was seen can be taken back.
  if (now.metadata.annotations?.[annotation.selectedNode] === undefined)
    return isSelected.has(name) ? `the node of persistentvolumeclaim "${name}" was taken back` : 'waiting';
  isSelected.add(name);
  return 'waiting';
}
