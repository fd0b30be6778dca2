/**
 * The status of a pod from what is known of its containers.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
import type {
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
} from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import type { ContainerRecord } from '../contract.ts';
import {
  appContainersOf,
  ephemeralContainersOf,
  type Failure,
  type Health,
  initContainersOf,
  isSidecar,
  sidecarNames,
  type Waiting,
} from './plan.ts';
import { statusesOf } from './told.ts';

export interface Known {
  pod: Pod;
  nowMs: number;
  records: readonly ContainerRecord[];
  health: (id: string) => Health;
  waiting: ReadonlyMap<string, Waiting>;
  /** Containers that ended and are about to run again. */
  restarting: ReadonlySet<string>;
  /** Empty before the sandbox is there. */
  podIPs: readonly string[];
  hostIPs: readonly string[];
  sandboxReady: boolean;
  startedAtMs: number;
  /** The status that was told last: times stay while nothing changes. */
  told: PodStatus | undefined;
  failure?: Failure;
  /** Nothing of it will run again. */
  ended: boolean;
}

export function podStatus(known: Known): PodStatus {
  const { pod, podIPs, hostIPs, failure } = known;
  const initContainerStatuses = initContainersOf(pod).map((c) => containerStatus(known, c, 'init'));
  const containerStatuses = appContainersOf(pod).map((c) => containerStatus(known, c, 'app'));
  const ephemeral = ephemeralContainersOf(pod).map((c) => containerStatus(known, c, 'ephemeral'));
  const phase = phaseOf(known, initContainerStatuses, containerStatuses);
  return {
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase,
    ...(known.ended && (failure ?? failureTold(pod))),
    conditions: conditions(known, phase, initContainerStatuses, containerStatuses),
    hostIP: hostIPs[0] ?? '',
    hostIPs: hostIPs.map((ip) => ({ ip })),
    ...(podIPs[0] && { podIP: podIPs[0], podIPs: podIPs.map((ip) => ({ ip })) }),
    startTime: rfc3339(known.startedAtMs),
    ...(initContainerStatuses.length > 0 && wasTaken(known) && { initContainerStatuses }),
    ...(wasTaken(known) && { containerStatuses }),
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
  };
}

/** A pod that the node rejected tells nothing of its containers, so that the reason is what people see. */
const wasTaken = ({ pod, records, ended }: Known): boolean =>
  !ended || records.length > 0 || pod.status?.containerStatuses !== undefined;

/** Why a pod failed is said once, and stays. */
const failureTold = ({ status }: Pod): Failure => ({
  ...(status?.phase === 'Failed' && status.reason && { reason: status.reason }),
  ...(status?.phase === 'Failed' && status.message && { message: status.message }),
});

type Role = 'init' | 'app' | 'ephemeral';

function containerStatus(known: Known, container: Container, role: Role): ContainerStatus {
  const [latest, previous] = known.records
    .filter((r) => r.name === container.name)
    .sort((a, b) => b.attempt - a.attempt);
  const before = statusesOf(known.pod).find((s) => s.name === container.name);
  const { state, lastState } = states(known, container, role, latest, previous);
  const running = latest?.state === 'running' && !known.restarting.has(container.name);
  const health = running && role !== 'ephemeral' ? known.health(latest.id) : undefined;
  const step = role === 'init' && !isSidecar(container);
  const done = latest?.state === 'exited' && latest.exitCode === 0;
  return {
    name: container.name,
    state,
    lastState,
    // A step of the beginning is ready when it is over, and whatever waits for it waits until then.
    ready: step ? done : ((health?.started && health.ready) ?? false),
    restartCount: latest?.attempt ?? before?.restartCount ?? 0,
    image: latest?.imageReference ?? container.image ?? '',
    imageID: latest?.imageId ?? '',
    ...(latest && { containerID: `crun://${latest.id}` }),
    ...(role !== 'ephemeral' && { started: health?.started ?? false }),
  };
}

function states(
  known: Known,
  { name }: Container,
  role: Role,
  latest: ContainerRecord | undefined,
  previous: ContainerRecord | undefined,
): { state: ContainerState; lastState: ContainerState } {
  const waiting = known.waiting.get(name);
  const ended = (record: ContainerRecord | undefined) => (record ? { terminated: terminated(record) } : {});
  if (latest?.state === 'running')
    return { state: { running: { startedAt: time(latest.startedAtMs) } }, lastState: ended(previous) };
  if (latest?.state === 'exited' && !waiting && !known.restarting.has(name))
    return { state: ended(latest), lastState: ended(previous) };
  const last = latest?.state === 'exited' ? latest : previous;
  return { state: { waiting: waiting ?? firstReason(known.pod, role) }, lastState: ended(last) };
}

const firstReason = (pod: Pod, role: Role): Waiting => ({
  reason: initContainersOf(pod).length > 0 && role !== 'ephemeral' ? 'PodInitializing' : 'ContainerCreating',
});

const time = (ms: number | undefined): string => rfc3339(ms ?? 0);

function terminated(record: ContainerRecord): NonNullable<ContainerState['terminated']> {
  return {
    exitCode: record.exitCode ?? 0,
    reason: record.reason ?? 'Error',
    ...(record.message && { message: record.message }),
    startedAt: time(record.startedAtMs ?? record.createdAtMs),
    finishedAt: time(record.finishedAtMs),
    containerID: `crun://${record.id}`,
  };
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

function phaseOf(known: Known, init: ContainerStatus[], apps: ContainerStatus[]): Phase {
  const before = known.pod.status?.phase;
  if (before === 'Succeeded' || before === 'Failed') return before;
  if (known.ended) return endPhase(known, apps);
  const regular = init.filter((s) => !sidecarNames(known.pod).has(s.name));
  const initDone = regular.every((s) => s.state?.terminated?.exitCode === 0) || apps.some(hasRun);
  const allHaveRun = apps.every(hasRun);
  return initDone && allHaveRun ? 'Running' : 'Pending';
}

function endPhase({ failure }: Known, apps: ContainerStatus[]): Phase {
  if (failure) return 'Failed';
  return apps.every((s) => s.state?.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
}

const hasRun = ({ state, lastState }: ContainerStatus): boolean =>
  Boolean(state?.running ?? state?.terminated ?? lastState?.terminated);

function conditions(
  known: Known,
  phase: Phase,
  init: ContainerStatus[],
  apps: ContainerStatus[],
): PodCondition[] {
  const { pod } = known;
  const over = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  const sidecars = sidecarNames(pod);
  const counted = [...apps, ...init.filter((s) => sidecars.has(s.name))];
  const unready = counted.filter((s) => !s.ready).map((s) => s.name);
  const pendingInit = apps.some(hasRun)
    ? []
    : init.filter((s) => !(sidecars.has(s.name) ? s.started : s.ready)).map((s) => s.name);
  const containersReady = over
    ? { reason: over }
    : unready.length > 0 &&
      because('ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`);
  const missing = missingGates(pod);
  const gates = missing.length > 0 && because('ReadinessGatesNotReady', missing.join(', '));
  const initialized =
    phase === 'Succeeded'
      ? true
      : pendingInit.length > 0 &&
        because('ContainersNotInitialized', `containers with incomplete status: [${pendingInit.join(' ')}]`);
  const own: PodCondition[] = [
    condition(known, 'PodReadyToStartContainers', !known.sandboxReady),
    initialized === true
      ? { ...condition(known, 'Initialized', false), reason: 'PodCompleted' }
      : condition(known, 'Initialized', initialized),
    condition(known, 'Ready', containersReady || gates),
    condition(known, 'ContainersReady', containersReady),
  ];
  const ours = new Set(own.map((c) => c.type));
  const others = (pod.status?.conditions ?? []).filter((c) => !ours.has(c.type));
  return [...own, ...others];
}

interface Why {
  reason?: string;
  message?: string;
}

const because = (reason: string, message: string): Why => ({ reason, message });

/** True unless there is something against it; the time stays while the answer does. */
function condition({ pod, nowMs, told }: Known, type: string, against: Why | boolean): PodCondition {
  const status = against === false ? 'True' : 'False';
  const before = told?.conditions?.find((c) => c.type === type);
  const since = before?.status === status ? before.lastTransitionTime : undefined;
  return {
    type,
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    status,
    ...(typeof against === 'object' && against),
    lastTransitionTime: since ?? rfc3339(nowMs),
  };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate */
function missingGates(pod: Pod): string[] {
  const held = new Map((pod.status?.conditions ?? []).map((c) => [c.type, c.status]));
  return (pod.spec?.readinessGates ?? [])
    .filter(({ conditionType }) => held.get(conditionType) !== 'True')
    .map(({ conditionType }) => `the status of pod readiness gate "${conditionType}" is not "True"`);
}
