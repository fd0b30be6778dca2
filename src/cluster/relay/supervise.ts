/** Keeps the relay running on the host: runit's `runsv`, found again by what was recorded of it. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, identify, isAlive, type ProcessId, signalProcess } from '../../lib/process.ts';
import { componentCommand } from '../component.ts';
import { writeService } from '../node/etc.ts';
import type { ClusterPaths } from '../paths.ts';
import type { RelayConfig } from './relay.ts';

export async function startRelay(paths: ClusterPaths, config: RelayConfig): Promise<ProcessId> {
  mkdirSync(paths.relay, { recursive: true, mode: 0o700 });
  const file = `${paths.relay}/relay.json`;
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const command = componentCommand('relay', file);
  writeService(paths.relay, 'relay', command, `${paths.dir}/log`);
  const child = spawn('runsv', [paths.relay], { detached: true, stdio: 'ignore' });
  child.unref();
  const id = child.pid === undefined ? undefined : identify(child.pid);
  if (!id) throw new Error('Cannot start the relay: runsv did not start; install the package runit');
  return id;
}

/** Ends the supervisor, and with it the relay. */
export async function stopRelay(id: ProcessId): Promise<void> {
  // On SIGTERM runsv ends its service, then itself.
  signalProcess(id, 'SIGTERM');
  if (await ended(id, 3_000)) return;
  signalProcess(id, 'SIGKILL');
  while (isAlive(id)) await sleep(5);
}
