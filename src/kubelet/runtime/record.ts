/** What is known of a container, on disk, so that an agent that starts anew knows it too. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig, ContainerRecord } from '../contract.ts';

export interface StoredContainer {
  record: ContainerRecord;
  cgroupPath?: string;
  /** Tells the process from a later one with the same number: field 22 of /proc/PID/stat. */
  pidStartTicks?: string;
  hostPID: boolean;
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

/** When the process started, or nothing if there is none (or only its zombie). */
export function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; what follows the last one is plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
