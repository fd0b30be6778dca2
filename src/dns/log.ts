/** Lines as CoreDNS writes them: `[ERROR] plugin/errors: 2 example.org. A: read udp 10.244.0.2:46482->192.0.2.53:53: i/o timeout`. */
import type { Logger } from '../lib/log.ts';

const levels = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' } as const;

/** `debug` is left out unless it is wanted. */
export function lineLog(write: (line: string) => void, { debug }: { debug: boolean }): Logger {
  const at = (level: keyof typeof levels) => (first: unknown, message?: string) => {
    if (level !== 'debug' || debug) write(`[${levels[level]}] ${lineOf(first, message)}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } as unknown as Logger;
}

function lineOf(first: unknown, message?: string): string {
  if (typeof first !== 'object' || first === null) return String(first);
  const { plugin, ...fields } = first as Record<string, unknown>;
  const prefix = typeof plugin === 'string' ? `plugin/${plugin}: ` : '';
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${textOf(value)}`);
  return `${prefix}${message ?? ''}${rest.join('')}`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
