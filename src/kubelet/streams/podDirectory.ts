import type { Pod } from '../../api/types.ts';
import type { ContainerRecord } from '../contract.ts';

/** The pods of this node. `Kubelet` (../index.ts) is one as it stands. */
export interface PodDirectory {
  pods(): Pod[];
  pod(namespace: string, name: string): Pod | undefined;
  /** All containers of the pod that are still known: init and ephemeral ones too, and those that have ended. */
  containers(namespace: string, pod: string): ContainerRecord[];
}
