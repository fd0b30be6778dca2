/** What this machine is and has. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { arch, availableParallelism, release, totalmem } from 'node:os';
import type { NodeFacts } from './node.ts';

const mostPods = '110';

export function machineFacts(
  own: Pick<NodeFacts, 'name' | 'addresses' | 'labels'> & { capacity?: Record<string, string> },
  stateDirectory: string,
): NodeFacts {
  const { bsize, blocks } = statfsSync(stateDirectory);
  return {
    ...own,
    capacity: {
      cpu: `${availableParallelism()}`,
      memory: `${Math.floor(totalmem() / 1024)}Ki`,
      pods: mostPods,
      'ephemeral-storage': `${Math.floor((bsize * blocks) / 1024)}Ki`,
      ...own.capacity,
    },
    architecture: arch() === 'arm64' ? 'arm64' : 'amd64',
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)/m.exec(read('/etc/os-release'))?.[1] ?? 'Linux',
    machineID: read('/etc/machine-id').trim(),
    bootID: read('/proc/sys/kernel/random/boot_id').trim(),
    runtimeVersion: crunVersion(),
    kubeletVersion: 'v1.36.0+switchboard',
    kubeletPort: 10250,
  };
}

/** Asked once, when the agent starts. */
function crunVersion(): string {
  const said = spawnSync('crun', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  return /^crun version (\S+)/m.exec(said)?.[1] ?? 'unknown';
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
