/** What the kubelet's server asks of its neighbours. `Kubelet` (../index.ts) is a {@link PodDirectory} as it stands. */
import type { Socket } from 'node:net';
import type { Pod } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ContainerRecord, ContainerRuntime } from '../contract.ts';
import type { OnEnd } from './logs/exits.ts';
import type { Rated } from './metrics/rates.ts';

export interface PodDirectory {
  pods(): Pod[];
  pod(namespace: string, name: string): Pod | undefined;
  /** All containers of the pod that are still known: init and ephemeral ones too, and those that have ended. */
  containers(namespace: string, pod: string): ContainerRecord[];
}

export interface User {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** Who a bearer token stands for: a TokenReview. Resolves with `undefined` if it stands for nobody. */
export type Authenticate = (token: string) => Promise<User | undefined>;

/** May the user do this to the node? `nodes/SUBRESOURCE`: a SubjectAccessReview. */
export type Authorize = (
  user: User,
  attributes: { verb: string; subresource: string; path: string },
) => Promise<boolean>;

/** Connects to a port inside the pod, on its loopback. Rejects with the reason. */
export type OpenInPod = (pod: Pod, port: number) => Promise<Socket>;

/** What answers may need. */
export interface Deps {
  nodeName: string;
  pods: PodDirectory;
  runtime: ContainerRuntime;
  openInPod: OpenInPod;
  exits: OnEnd;
  rates: () => Promise<Rated>;
  clock: Clock;
  startedAtMs: number;
}
