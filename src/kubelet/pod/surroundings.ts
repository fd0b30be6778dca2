/** Everything that a pod's worker works with, handed in by `../index.ts`. */
import type { Pod, Service } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';
import type { BeforeStart, BeforeStop, ContainerRuntime, ImageStore, PodNetwork } from '../contract.ts';
import type { WatchedObjects } from '../objects.ts';
import type { Probes } from '../probes/index.ts';
import type { PodVolumes } from '../volumes/index.ts';
import type { DnsSettings } from './sandbox/files.ts';

/** `container` is set when the event is about one of the pod's containers. */
export type TellEvent = (
  pod: Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  container?: string,
) => void;

export interface Surroundings {
  client: Client;
  nodeIPs: readonly string[];
  network: PodNetwork;
  images: ImageStore;
  runtime: ContainerRuntime;
  beforeStart: BeforeStart;
  beforeStop: BeforeStop;
  volumes: PodVolumes;
  objects: WatchedObjects;
  probes: Probes;
  services: (namespace: string) => Iterable<Service>;
  allocatable: () => Record<string, string>;
  nodeMemoryBytes: number;
  dns: DnsSettings;
  nodeHosts: string;
  directories: PodDirectories;
  event: TellEvent;
  clock: Clock;
  /** For how long nobody has to have come to a pod that has to end, and how long it is waited for that at most. */
  leaveMs: { quiet: number; longest: number };
  /** Of the agent: its end ends no pod. */
  signal: AbortSignal;
}

export interface PodDirectories {
  /** Volumes and files of one pod. */
  of: (uid: string) => string;
  /** Its logs: NAME/ATTEMPT.log below it. */
  logs: (pod: Pod) => string;
}
