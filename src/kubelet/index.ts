/**
 * The kubelet: what the API says should run on this node, runs. Starts with what is there already: pods
 * that were deleted meanwhile are taken away, those that run are left as they are.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseQuantity } from '../api/quantity.ts';
import { pods, services as serviceResource } from '../api/resource.ts';
import type { Pod, Service } from '../api/types.ts';
import type { Client, Informer } from '../client/contract.ts';
import { eventRecorder } from '../client/events.ts';
import { informer } from '../client/informer.ts';
import type { Clock } from '../lib/clock.ts';
import { readIfThere } from '../lib/files.ts';
import { logger } from '../lib/log.ts';
import { rejectionOf } from './admission.ts';
import type {
  BeforeStart,
  BeforeStop,
  ContainerRecord,
  ContainerRuntime,
  ImageStore,
  PodNetwork,
} from './contract.ts';
import { keepLogsShort } from './logs/rotate.ts';
import { defaultLimits } from './logs/rules.ts';
import { machineFacts } from './machine.ts';
import { keepNode, type Readiness } from './node.ts';
import { watchedObjects } from './objects.ts';
import { takeAwayOrphan } from './orphans.ts';
import type { PodDirectories, Surroundings, TellEvent } from './pod/surroundings.ts';
import { PodWorker } from './pod/worker.ts';
import { probes } from './probes/index.ts';
import { volumeDirectories } from './volumes/directories.ts';
import { podVolumes } from './volumes/index.ts';
import { serviceAccountTokens } from './volumes/tokens.ts';

const log = logger('kubelet');

export interface KubeletPaths {
  /** Survives: `/var/lib/switchboard`. */
  state: string;
  /** `/var/log/pods` */
  logs: string;
}

export interface KubeletOptions {
  client: Client;
  nodeName: string;
  /** The primary family's first. */
  nodeIPs: readonly string[];
  /** Beside the usual ones. */
  nodeLabels?: Record<string, string>;
  /** What is not given is the machine's own. */
  capacity?: Record<string, string>;
  /** Why the node cannot take pods yet; nothing when it can. */
  notReady: Readiness;
  network: PodNetwork;
  images: ImageStore;
  runtime: ContainerRuntime;
  beforeStart: BeforeStart;
  /** Where nothing sends anybody to pods, there is nothing to wait for. */
  beforeStop?: BeforeStop;
  /** With an index `namespace`; one of its own is started if none is handed in. */
  services?: Informer<Service>;
  /** {@link assignedPods}, where others follow them too; one of its own is started if none is handed in. */
  pods?: Informer<Pod>;
  clusterDNS: readonly string[];
  clusterDomain: string;
  paths: KubeletPaths;
  clock: Clock;
  /** Ends the agent's work; pods go on. */
  signal: AbortSignal;
  /** For how long nobody has to have come to a pod before it gets its stop signal: 300. */
  quietMs?: number;
}

/** What the kubelet's own server asks for. */
export interface Kubelet {
  readonly runtime: ContainerRuntime;
  readonly synced: Promise<void>;
  pods(): Pod[];
  pod(namespace: string, name: string, uid?: string): Pod | undefined;
  /** The newest container of this name, whether it runs or not. */
  container(namespace: string, pod: string, name: string): ContainerRecord | undefined;
  /** All of the pod's containers that are still known, ended ones too: for logs of the one before. */
  containers(namespace: string, pod: string): ContainerRecord[];
  /** For port-forward. */
  network(namespace: string, pod: string): { netns?: string; podIPs: readonly string[] } | undefined;
}

const defaultQuietMs = 300;
/** A pod that has to end goes on so long at most for those who still come. */
export const longestLeaveMs = 3_000;

/** The pods that are given to a node. */
export const assignedPods = (
  client: Client,
  nodeName: string,
  { signal, clock }: Pick<KubeletOptions, 'signal' | 'clock'>,
): Informer<Pod> => informer(client, pods, { fieldSelector: `spec.nodeName=${nodeName}`, signal, clock });

export function startKubelet(options: KubeletOptions): Kubelet {
  const { client, nodeName, runtime, clock, signal, paths } = options;
  mkdirSync(join(paths.state, 'pods'), { recursive: true });
  const facts = machineFacts(
    {
      name: nodeName,
      addresses: options.nodeIPs,
      labels: options.nodeLabels ?? {},
      ...(options.capacity && { capacity: options.capacity }),
    },
    paths.state,
  );
  const around = surroundings(options, facts.capacity);
  const assigned = options.pods ?? assignedPods(client, nodeName, { signal, clock });
  const workers = new Map<string, PodWorker>();

  const told = keepNode({ client, facts, notReady: options.notReady, clock, signal });
  told.catch((err: unknown) => log.error({ err }, 'the node is not kept any more'));
  void keepLogsShort({ runtime, limits: defaultLimits, clock, signal });
  const synced = takeOver(assigned, workers, around, options).catch((err: unknown) => {
    log.error({ err }, 'the kubelet cannot work');
    throw err;
  });
  synced.catch(() => {});

  const find = (namespace: string, name: string, uid?: string) =>
    [...workers.values()].findLast(
      ({ pod: { metadata } }) =>
        metadata.name === name && metadata.namespace === namespace && (!uid || metadata.uid === uid),
    );
  return {
    runtime,
    synced,
    pods: () => [...workers.values()].map((worker) => worker.pod),
    pod: (namespace, name, uid) => find(namespace, name, uid)?.pod,
    container: (namespace, pod, name) => find(namespace, pod)?.containers.latest(name),
    containers: (namespace, pod) => find(namespace, pod)?.containers.all() ?? [],
    network(namespace, pod) {
      const worker = find(namespace, pod);
      const netns = worker?.netns();
      return worker && { podIPs: worker.podIPs(), ...(netns !== undefined && { netns }) };
    },
  };
}

function surroundings(options: KubeletOptions, capacity: Record<string, string>): Surroundings {
  const { client, clock, signal, runtime, network, images, beforeStart, nodeIPs } = options;
  const objects = watchedObjects(client, signal);
  const directories = podDirectories(options.paths);
  const allocatable = () => capacity;
  return {
    client,
    nodeIPs,
    network,
    images,
    runtime,
    beforeStart,
    beforeStop: options.beforeStop ?? (async () => {}),
    objects,
    volumes: podVolumes({
      directoryOf: directories.of,
      objects,
      directoryOfVolume: volumeDirectories({
        ...{ client, objects, clock, signal },
        nodeName: options.nodeName,
        root: join(options.paths.state, 'volumes'),
      }),
      tokens: serviceAccountTokens(client, clock),
      allocatable,
      clock,
      signal,
    }),
    probes: probes(clock, signal),
    services: servicesOf(options),
    allocatable,
    nodeMemoryBytes: Number(parseQuantity(capacity['memory'] ?? '0').milli / 1000n),
    dns: {
      clusterDNS: options.clusterDNS,
      clusterDomain: options.clusterDomain,
      nodeResolvConf: readIfThere('/etc/resolv.conf'),
    },
    nodeHosts: readIfThere('/etc/hosts'),
    directories,
    event: eventsOf(options),
    clock,
    leaveMs: { quiet: options.quietMs ?? defaultQuietMs, longest: longestLeaveMs },
    signal,
  };
}

function servicesOf({ client, services, signal }: KubeletOptions): (namespace: string) => Service[] {
  const known =
    services ??
    informer(client, serviceResource, {
      indexes: { namespace: ({ metadata }) => [metadata.namespace ?? ''] },
      signal,
    });
  return (namespace) => known.by('namespace', namespace);
}

function eventsOf({ client, nodeName, clock }: KubeletOptions): TellEvent {
  const recorder = eventRecorder(client, 'kubelet', nodeName, clock);
  return (pod, type, reason, message, container) => {
    recorder.event(pods, pod, type, reason, message, container && fieldOf(pod, container));
  };
}

/** `spec.containers{web}` */
function fieldOf({ spec }: Pod, container: string): string {
  const fields = ['initContainers', 'ephemeralContainers'] as const;
  const field = fields.find((name) => spec?.[name]?.some((c) => c.name === container)) ?? 'containers';
  return `spec.${field}{${container}}`;
}

const podDirectories = ({ state, logs }: KubeletPaths): PodDirectories => ({
  of: (uid) => join(state, 'pods', uid),
  logs: ({ metadata }) => join(logs, `${metadata.namespace}_${metadata.name}_${metadata.uid}`),
});

/** From what is on disk and what the API says to workers, and on from there. */
async function takeOver(
  assigned: Informer<Pod>,
  workers: Map<string, PodWorker>,
  around: Surroundings,
  { runtime, network, paths, services }: KubeletOptions,
): Promise<void> {
  const [networks] = await Promise.all([network.list(), assigned.synced, services?.synced]);
  // The last thing to wait for: no end of a container may fall between this list and the listener.
  const records = await runtime.list();
  const byPod = Map.groupBy(records, (record) => record.podUid);
  const networked = new Set(networks.map(({ uid }) => uid));
  const wanted = new Set([...assigned.list()].map(({ metadata }) => metadata.uid ?? ''));

  runtime.onExit((record) => workers.get(record.podUid)?.containerEnded(record));
  const onDisk = readdirSync(join(paths.state, 'pods'));
  for (const uid of new Set([...byPod.keys(), ...networked, ...onDisk]))
    if (!wanted.has(uid)) void takeAwayOrphan(uid, byPod.get(uid) ?? [], paths.logs, around);

  // By this agent, or by one before it.
  const isTaken = ({ metadata: { uid = '' }, status }: Pod) =>
    status?.startTime !== undefined || workers.get(uid)?.isRejected === false;
  assigned.onChange((now, before) => {
    if (before && before.metadata.uid !== now?.metadata.uid)
      workers.get(before.metadata.uid ?? '')?.removed();
    if (!now) return;
    const uid = now.metadata.uid ?? '';
    const known = workers.get(uid);
    if (known) return known.update(now);
    const own = byPod.get(uid) ?? [];
    byPod.delete(uid);
    const sandboxLost = own.length > 0 && !now.spec?.hostNetwork && !networked.has(uid);
    const rejection = isTaken(now) ? undefined : rejectionOf(now, [...assigned.list()].filter(isTaken));
    if (rejection) around.event(now, 'Warning', rejection.reason, rejection.message);
    const worker = new PodWorker(now, around, { records: own, sandboxLost, rejection });
    workers.set(uid, worker);
    void worker.done.then(() => workers.delete(uid));
  });
}
