/** What `kubectl get pods` says of a pod in one word, and what it counts. */
import type { ContainerState, ContainerStatus, Pod } from '../../types.ts';

export interface PodSummary {
  /** `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`, … */
  status: string;
  ready: number;
  total: number;
  restarts: number;
  /** When the last container that was restarted ended (RFC 3339). */
  lastRestart?: string;
}

export function summarize(pod: Pod): PodSummary {
  const sidecars = sidecarNames(pod);
  const init = summarizeInit(pod, sidecars);
  const total = (pod.spec?.containers?.length ?? 0) + sidecars.size;
  const running = init.status === undefined || hasCondition(pod, 'Initialized');
  const main = running ? summarizeContainers(pod) : undefined;

  // Of init containers only sidecars still count once the pod has come up.
  const counted = running
    ? [...(pod.status?.containerStatuses ?? []), ...init.seen.filter((c) => sidecars.has(c.name))]
    : init.seen;
  const lastRestart = latestEnd(counted);
  return {
    status: ending(pod) ?? main?.status ?? init.status ?? resting(pod),
    ready: init.ready + (main?.ready ?? 0),
    total,
    restarts: counted.reduce((sum, c) => sum + c.restartCount, 0),
    ...(lastRestart !== undefined && { lastRestart }),
  };
}

/** Init containers that are restarted always run beside the containers and count as such (KEP-753). */
const sidecarNames = (pod: Pod) =>
  new Set(pod.spec?.initContainers?.filter((c) => c.restartPolicy === 'Always').map((c) => c.name));

interface InitSummary {
  /** Absent when nothing stands in the way of the containers. */
  status?: string;
  ready: number;
  /** Statuses up to the one that is being waited for. */
  seen: ContainerStatus[];
}

function summarizeInit(pod: Pod, sidecars: ReadonlySet<string>): InitSummary {
  const statuses = pod.status?.initContainerStatuses ?? [];
  let ready = 0;
  for (const [i, container] of statuses.entries()) {
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) ready++;
      continue;
    }
    const waitsFor = waiting?.reason && waiting.reason !== 'PodInitializing' ? waiting.reason : undefined;
    const why = terminated ? endReason(terminated) : waitsFor;
    const progress = `${i}/${pod.spec?.initContainers?.length ?? 0}`;
    return { status: `Init:${why ?? progress}`, ready, seen: statuses.slice(0, i + 1) };
  }
  return { ready, seen: statuses };
}

function summarizeContainers(pod: Pod): { status?: string; ready: number } {
  let status: string | undefined;
  let ready = 0;
  // From the last to the first: the first container has the last word.
  for (const container of (pod.status?.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) status = waiting.reason;
    else if (terminated) status = endReason(terminated);
    else if (container.ready && running) ready++;
  }
  if (status === 'Completed' && ready > 0) status = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  return { ready, ...(status !== undefined && { status }) };
}

function endReason(end: NonNullable<ContainerState['terminated']>): string {
  if (end.reason) return end.reason;
  return end.signal ? `Signal:${end.signal}` : `ExitCode:${end.exitCode}`;
}

/** A pod that is being deleted says so, unless nobody can tell because its node is gone. */
function ending(pod: Pod): string | undefined {
  if (!pod.metadata.deletionTimestamp) return undefined;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return finished ? undefined : 'Terminating';
}

function resting(pod: Pod): string {
  const gated = pod.status?.conditions?.some(
    (c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : pod.status?.reason || pod.status?.phase || '';
}

const hasCondition = (pod: Pod, type: string) =>
  pod.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;

function latestEnd(containers: readonly ContainerStatus[]): string | undefined {
  return containers
    .map((c) => c.lastState?.terminated?.finishedAt)
    .filter((time) => time !== undefined)
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
}
