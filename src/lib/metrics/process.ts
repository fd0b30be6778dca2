/** What every program tells of its process. https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics */
import { readdirSync, readFileSync } from 'node:fs';
import type { Family } from './exposition.ts';

export interface Reading extends Pick<Family, 'name' | 'help'> {
  type: 'counter' | 'gauge';
  /** Done when it is asked for, never in between. */
  read: () => number;
}

export function processReadings(): Reading[] {
  const startedS = Math.round(Date.now() / 1000 - process.uptime());
  return [
    {
      name: 'process_cpu_seconds_total',
      help: 'Processor time that the process took, in seconds.',
      type: 'counter',
      read() {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory that the process holds, in bytes.',
      type: 'gauge',
      read: () => process.memoryUsage.rss(),
    },
    {
      name: 'process_virtual_memory_bytes',
      help: 'Addresses that the process has reserved, in bytes.',
      type: 'gauge',
      read: () => statm() * 4096,
    },
    {
      name: 'process_start_time_seconds',
      help: 'When the process began, in seconds since 1970.',
      type: 'gauge',
      read: () => startedS,
    },
    {
      name: 'process_open_fds',
      help: 'Open file descriptors.',
      type: 'gauge',
      read: () => readdirSync('/proc/self/fd').length,
    },
    {
      name: 'process_max_fds',
      help: 'How many file descriptors there may be.',
      type: 'gauge',
      read: maxFds,
    },
  ];
}

export const processFamilies = (): Family[] =>
  processReadings().map(({ name, help, type, read }) => ({ name, help, type, samples: [{ value: read() }] }));

/** https://docs.kernel.org/filesystems/proc.html: the size in pages. */
const statm = () => Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]);

const maxFds = () =>
  Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 0);
