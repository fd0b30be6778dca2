/** What every program tells of its process. https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics */
import { readdirSync, readFileSync } from 'node:fs';
import { Gauge, type Registry } from 'prom-client';

/** Read when they are asked for, never in between. */
export function processMetrics(registry: Registry): void {
  const startedS = Math.round(Date.now() / 1000 - process.uptime());
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('process_cpu_seconds_total', 'Processor time that the process took, in seconds.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge('process_resident_memory_bytes', 'Memory that the process holds, in bytes.', () =>
    process.memoryUsage.rss(),
  );
  gauge(
    'process_virtual_memory_bytes',
    'Addresses that the process has reserved, in bytes.',
    () => statm() * 4096,
  );
  gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.', () => startedS);
  gauge('process_open_fds', 'Open file descriptors.', () => readdirSync('/proc/self/fd').length);
  gauge('process_max_fds', 'How many file descriptors there may be.', maxFds);
}

/** https://docs.kernel.org/filesystems/proc.html: the size in pages. */
const statm = () => Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]);

const maxFds = () =>
  Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 0);
