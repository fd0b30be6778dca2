/** Keeps the relay running on the host: runit's `runsv`, in a cgroup of its own by which all of it is found again. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { ended, identify, type ProcessId, signalProcess } from '../../lib/process.ts';
import { componentCommand } from '../component.ts';
import { cgroupsOf, createCgroups, hostHierarchies, removeCgroups } from '../node/cgroups.ts';
import { writeService } from '../node/etc.ts';
import type { ClusterPaths } from '../paths.ts';
import type { RelayConfig } from './relay.ts';

/** Beside the nodes, whose names end in a number. */
const member = 'relay';

/** Ends first what is left of an earlier one. */
export async function startRelay(
  cluster: string,
  paths: ClusterPaths,
  config: RelayConfig,
): Promise<ProcessId> {
  await stopRelay(cluster, undefined);
  mkdirSync(paths.relay, { recursive: true, mode: 0o700 });
  const file = `${paths.relay}/relay.json`;
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  writeService(paths.relay, 'relay', componentCommand('relay', file), `${paths.dir}/log`);
  const joins = createCgroups(hostHierarchies(), cluster, member).map(
    (to) => `echo $$ > '${to}/cgroup.procs'`,
  );
  const script = ['set -e', ...joins, `exec runsv '${paths.relay}'`].join('\n');
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  child.unref();
  const id = child.pid === undefined ? undefined : identify(child.pid);
  if (!id) throw new Error('Cannot start the relay: its supervisor did not start; install the package runit');
  return id;
}

/** Ends the supervisor, with it the relay, and what a supervisor that was killed left behind. */
export async function stopRelay(cluster: string, id: ProcessId | undefined): Promise<void> {
  if (id) {
    // On SIGTERM runsv ends its service, then itself.
    signalProcess(id, 'SIGTERM');
    if (!(await ended(id, 3_000))) signalProcess(id, 'SIGKILL');
  }
  await removeCgroups(cgroupsOf(hostHierarchies(), cluster, member));
}
