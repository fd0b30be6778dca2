/** Which container a request means, and Kubernetes' words for when there is none. */
import type { Pod } from '../../api/types.ts';
import type { ContainerRecord } from '../contract.ts';
import type { PodDirectory } from './podDirectory.ts';
import { Refusal } from './refusal.ts';

export function podNamed(pods: PodDirectory, namespace: string, name: string): Pod {
  const pod = pods.pod(namespace, name);
  if (!pod) throw new Refusal(404, `pod "${name}" does not exist`);
  return pod;
}

/** For exec and attach. */
export function runningContainer(records: readonly ContainerRecord[], name: string): ContainerRecord {
  const [newest] = newestFirst(records, name);
  if (newest?.state !== 'running') throw new Refusal(404, `container not found ("${name}")`);
  return newest;
}

export function containerWithLog(
  pod: Pod,
  records: readonly ContainerRecord[],
  name: string,
  previous: boolean,
): ContainerRecord {
  const podName = pod.metadata.name;
  if (!isIn(pod, name)) throw new Refusal(404, `container "${name}" not found in pod "${podName}"`);
  const begun = newestFirst(records, name).filter(({ state }) => state !== 'created');
  const waiting = waitingReason(pod, name);
  if (!previous) {
    if (begun[0]) return begun[0];
    throw new Refusal(
      400,
      `container "${name}" in pod "${podName}" is waiting to start: ${inWords(waiting)}`,
    );
  }
  // While it waits for its next start, the one that ended last is the previous one already.
  const found = begun[0]?.state === 'exited' && waiting !== undefined ? begun[0] : begun[1];
  if (found) return found;
  throw new Refusal(400, `previous terminated container "${name}" in pod "${podName}" not found`);
}

const newestFirst = (records: readonly ContainerRecord[], name: string): ContainerRecord[] =>
  records.filter((record) => record.name === name).sort((a, b) => b.attempt - a.attempt);

function isIn({ spec }: Pod, name: string): boolean {
  const all = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ];
  return all.some((container) => container.name === name);
}

function waitingReason({ status }: Pod, name: string): string | undefined {
  const all = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return all.find((container) => container.name === name)?.state?.waiting?.reason;
}

function inWords(reason = 'ContainerCreating'): string {
  if (reason === 'ErrImagePull') return "image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason;
}
