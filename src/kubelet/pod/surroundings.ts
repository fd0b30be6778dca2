/** Everything that a pod's worker works with, handed in by `../index.ts`. */
import type { Pod, Service } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';
import type { BeforeStart, ContainerRuntime, ImageStore, PodNetwork } from '../contract.ts';
import type { WatchedObjects } from '../objects.ts';
import type { Probes } from '../probes/index.ts';
import type { PodVolumes } from '../volumes/index.ts';
import type { DnsSettings } from './files.ts';

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
  /** How long a pod that was Ready goes on after it has been told to end, so that proxies drop it first. */
  dropDelayMs: number;
  /** Of the agent: its end ends no pod. */
  signal: AbortSignal;
}

export interface PodDirectories {
  /** Volumes and files of one pod. */
  of: (uid: string) => string;
  /** Its logs: NAME/ATTEMPT.log below it. */
  logs: (pod: Pod) => string;
}
