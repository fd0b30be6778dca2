/**
 * Whose processes a container sees. Usually its own; with `shareProcessNamespace` those of the whole pod, with
 * `targetContainerName` those of the container that it looks into.
 * https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, EphemeralContainer, Pod } from '../../../api/types.ts';
import { identify, isAlive, type ProcessId, signalProcess } from '../../../lib/process.ts';
import type { ContainerRecord } from '../../contract.ts';
import type { PodDirectories } from '../surroundings.ts';

/** A file that stands for the namespace to join; nothing when the container gets one of its own. */
export async function processNamespace(
  { metadata, spec }: Pod,
  container: Container | EphemeralContainer,
  running: readonly Pick<ContainerRecord, 'name' | 'pid'>[],
  directories: Pick<PodDirectories, 'of'>,
): Promise<string | undefined> {
  if (spec?.hostPID) return undefined;
  if (spec?.shareProcessNamespace) return sharedProcesses(directories.of(metadata.uid ?? ''));
  const target = 'targetContainerName' in container ? container.targetContainerName : undefined;
  if (!target) return undefined;
  const pid = running.find(({ name }) => name === target)?.pid;
  if (pid === undefined) throw new Error(`unable to find target container "${target}"`);
  return `/proc/${pid}/ns/pid`;
}

const fileOf = (podDirectory: string) => join(podDirectory, 'processes.json');

/**
 * A namespace of processes lives as long as its first one. That one does nothing but wait, and look at
 * those that others left behind; it outlives this agent.
 */
function sharedProcesses(podDirectory: string): Promise<string> {
  const one =
    beingMade.get(podDirectory) ?? joined(podDirectory).finally(() => beingMade.delete(podDirectory));
  beingMade.set(podDirectory, one);
  return one;
}

/** Containers that start at the same time wait for the same one. */
const beingMade = new Map<string, Promise<string>>();

async function joined(podDirectory: string): Promise<string> {
  const known = holderOf(podDirectory);
  if (known && isAlive(known)) return namespaceOf(known);
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child=SIGKILL', 'catatonit', '-P'], {
    stdio: 'ignore',
    detached: true,
  });
  await once(child, 'spawn');
  child.unref();
  const holder = identify(child.pid ?? 0);
  if (!holder) throw new Error('Cannot share the processes of the pod: unshare has ended');
  writeFileSync(fileOf(podDirectory), JSON.stringify(holder));
  for (let i = 0; i < 1000 && isAlive(holder); i++) {
    if (isThere(namespaceOf(holder))) return namespaceOf(holder);
    await sleep(1);
  }
  throw new Error('Cannot share the processes of the pod: no namespace was made');
}

export function endSharedProcesses(podDirectory: string): void {
  const holder = holderOf(podDirectory);
  if (holder) signalProcess(holder, 'SIGKILL');
}

const namespaceOf = ({ pid }: ProcessId) => `/proc/${pid}/ns/pid_for_children`;

function holderOf(podDirectory: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(podDirectory), 'utf8')) as ProcessId;
  } catch {
    return undefined;
  }
}

/** It becomes another than this process's own once the first process is in it. */
function isThere(namespace: string): boolean {
  try {
    return readlinkSync(namespace) !== readlinkSync('/proc/self/ns/pid');
  } catch {
    return false; // unshare has made it and not filled it yet
  }
}
