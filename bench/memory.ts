/** How much memory a cluster needs: the proportional set size (PSS) of all its processes, in MB. */
import { readFileSync } from 'node:fs';
import { processesOf } from '../test/support/leftovers.ts';

export interface ProcessMemory {
  command: string;
  megabytes: number;
}

/**
 * By process, the largest first. A page that several processes share counts in parts, so what the bench
 * itself shares with the cluster (Node's own code) is counted as the cluster's, on a line of its own.
 */
export function memoryOf(name: string): ProcessMemory[] {
  const own = { command: 'shared with this bench', megabytes: megabytes(process.pid, 'Pss_File') };
  return processesOf(name)
    .map(({ pid, command }) => ({ command, megabytes: megabytes(pid, 'Pss') }))
    .concat(own)
    .toSorted((a, b) => b.megabytes - a.megabytes);
}

/** https://docs.kernel.org/filesystems/proc.html: smaps_rollup, in KiB. */
function megabytes(pid: number, field: 'Pss' | 'Pss_File'): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return (Number(new RegExp(`^${field}: +(\\d+)`, 'm').exec(text)?.[1]) * 1_024) / 1e6;
}
