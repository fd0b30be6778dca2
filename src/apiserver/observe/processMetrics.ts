/** What every program tells of its process, in a registry. */
import { Gauge, type Registry } from 'prom-client';
import { processReadings } from '../../lib/metrics/process.ts';

export function processMetrics(registry: Registry): void {
  for (const { name, help, read } of processReadings())
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
}
