/** What is known of a container, on disk, so that an agent that starts anew knows it too. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessId } from '../../lib/process.ts';
import type { ContainerConfig, ContainerRecord } from '../contract.ts';

export interface StoredContainer {
  record: ContainerRecord;
  cgroupPath?: string;
  /** The container's first process, until it has ended. */
  process?: ProcessId;
  /** What it started may live on after it: the namespace of its processes is not its own. */
  sharesProcesses: boolean;
  /** The root and the cgroup are given back already. */
  released: boolean;
}

export function newRecord(config: ContainerConfig, nowMs: number): ContainerRecord {
  return {
    id: config.id,
    podUid: config.podUid,
    podName: config.podName,
    podNamespace: config.podNamespace,
    name: config.name,
    attempt: config.attempt,
    imageReference: config.image.reference,
    imageId: config.image.id,
    logPath: config.logPath,
    tty: config.tty,
    stdin: config.stdin,
    stopSignal: config.stopSignal,
    exposedPorts: Object.keys(config.image.config.ExposedPorts ?? {}),
    state: 'created',
    createdAtMs: nowMs,
  };
}

export function save(containers: string, stored: StoredContainer): void {
  const file = join(containers, stored.record.id, 'record.json');
  writeFileSync(`${file}.new`, JSON.stringify(stored));
  renameSync(`${file}.new`, file);
}

/** Those without a record were being made when the agent died; they come as names only. */
export function loadAll(containers: string): { known: StoredContainer[]; broken: string[] } {
  const known: StoredContainer[] = [];
  const broken: string[] = [];
  for (const id of readdirSync(containers)) {
    try {
      known.push(JSON.parse(readFileSync(join(containers, id, 'record.json'), 'utf8')) as StoredContainer);
    } catch {
      broken.push(id);
    }
  }
  return { known, broken };
}
