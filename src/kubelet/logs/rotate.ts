/**
 * Logs of containers that run are looked at now and then; one that is too long is set aside and begun anew.
 * https://kubernetes.io/docs/concepts/cluster-administration/logging/#log-rotation
 */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';
import type { ContainerRecord, ContainerRuntime } from '../contract.ts';
import { type LogLimits, rotatedLogs, rotatedName, tidied } from './rules.ts';

const log = logger('kubelet');
const everyMs = 10_000;

export interface RotationOptions {
  runtime: Pick<ContainerRuntime, 'list' | 'reopenLog'>;
  limits: LogLimits;
  clock: Clock;
  signal: AbortSignal;
}

export async function keepLogsShort(options: RotationOptions): Promise<void> {
  const { clock, signal } = options;
  for (;;) {
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return;
    await rotateLogs(options);
  }
}

/** Looks at all of them once. */
export async function rotateLogs({ runtime, limits, clock }: Omit<RotationOptions, 'signal'>): Promise<void> {
  for (const record of await runtime.list()) {
    if (record.state !== 'running') continue;
    try {
      if (isTooLong(record, limits)) await setAside(record, limits, clock.now());
      else if (existsSync(record.logPath)) continue;
      // Also where an agent was killed right between the two.
      await runtime.reopenLog(record.id);
    } catch (err) {
      log.warn({ pod: record.podName, container: record.name, err: String(err) }, 'a log was not rotated');
    }
  }
}

function isTooLong({ logPath }: ContainerRecord, { maxBytes }: LogLimits): boolean {
  return (statSync(logPath, { throwIfNoEntry: false })?.size ?? 0) > maxBytes;
}

/** What is written until the container's log is opened anew still goes to the file that is set aside. */
async function setAside({ logPath }: ContainerRecord, limits: LogLimits, nowMs: number): Promise<void> {
  const directory = dirname(logPath);
  const { remove, pack } = tidied(rotatedLogs(readdirSync(directory), logPath), limits);
  for (const name of remove) rmSync(join(directory, name), { force: true });
  for (const name of pack) await packed(join(directory, name));
  renameSync(logPath, rotatedName(logPath, nowMs));
}

async function packed(path: string): Promise<void> {
  const unfinished = `${path}.gz.tmp`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(unfinished, { mode: 0o640 }));
  renameSync(unfinished, `${path}.gz`);
  rmSync(path);
}

/** With all that was set aside. */
export function removeLog(logPath: string): void {
  const directory = dirname(logPath);
  if (!existsSync(directory)) return;
  for (const name of rotatedLogs(readdirSync(directory), logPath))
    rmSync(join(directory, name), { force: true });
  rmSync(logPath, { force: true });
}
