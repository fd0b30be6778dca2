/** Ending one process of a cluster the hard way, and seeing it come back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ended, isAlive, type ProcessId, signalProcess } from '../../src/lib/process.ts';
import type { TestCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { processesOf } from './leftovers.ts';

/** On the command line of each. */
const commandOf = {
  agent: / agent --config /,
  controlplane: / controlplane --config /,
  relay: / relay --config /,
  dns: / dns --conf /,
};

export type Component = keyof typeof commandOf;

/** The processes of a component; of one node, or wherever they are. */
export function processesRunning(cluster: TestCluster, component: Component, node?: string): ProcessId[] {
  return processesOf(cluster.name).filter(
    ({ pid, command }) =>
      commandOf[component].test(command) && (node === undefined || cgroupOf(pid).includes(`/${node}`)),
  );
}

/** Kills it at once, and resolves when it has ended. */
export async function killHard(
  cluster: TestCluster,
  component: Component,
  node?: string,
): Promise<ProcessId> {
  const [id] = processesRunning(cluster, component, node);
  assert.ok(id, `there is no ${component}${node === undefined ? '' : ` on ${node}`}`);
  signalProcess(id, 'SIGKILL');
  assert.ok(await ended(id, 10_000));
  return id;
}

/** Milliseconds until `works` holds with another process in its place. */
export async function backAgain(
  cluster: TestCluster,
  component: Component,
  killed: ProcessId,
  works: () => Promise<unknown>,
  withinMs: number,
): Promise<number> {
  const startMs = performance.now();
  await eventually(
    async () => {
      const others = processesRunning(cluster, component).filter((id) => id.pid !== killed.pid);
      assert.ok(others.length > 0 && others.every(isAlive), `${component} does not run`);
      await works();
    },
    withinMs,
    10,
  );
  return Math.round(performance.now() - startMs);
}

/** Empty when the process ended meanwhile. */
export function cgroupOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return '';
  }
}
