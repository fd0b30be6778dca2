/** JSON lines on stderr; one logger a component. */
import { pino } from 'pino';

export type Logger = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error'>;

/** `SWITCHBOARD_LOG=debug` tells more. */
const root = pino(
  {
    level: process.env['SWITCHBOARD_LOG'] ?? 'info',
    base: {},
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  },
  pino.destination({ dest: 2, sync: true }),
);

export function logger(component: string): Logger {
  return root.child({ component });
}
