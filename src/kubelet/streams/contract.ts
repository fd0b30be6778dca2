/** What the kubelet's server asks of its neighbours. */
import type { Socket } from 'node:net';
import type { Pod } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ContainerRuntime } from '../contract.ts';
import type { OnEnd } from './logs/exits.ts';
import type { Rated } from './metrics/rates.ts';
import type { PodDirectory } from './podDirectory.ts';

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
