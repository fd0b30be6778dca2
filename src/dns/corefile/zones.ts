/** Which names, on which port, a server block answers: `cluster.local`, `.:53`, `10.0.0.0/24`, `dns://example.org:5353`. */
import { parseCidr } from '../../lib/ip.ts';
import { reverseName } from '../wire/address.ts';
import { canonical } from '../wire/name.ts';
import { CorefileError } from './parse.ts';

export interface ServerKey {
  zone: string;
  port: number;
}

export function serverKey(key: string, line: number): ServerKey {
  const scheme = /^(\w+):\/\//.exec(key)?.[1] ?? 'dns';
  if (scheme !== 'dns') throw new CorefileError(line, `${scheme}:// is not supported; use dns://`);
  const rest = key.replace(/^\w+:\/\//, '');
  const match = /^(.*?)(?::(\d+))?$/.exec(rest);
  const port = match?.[2] === undefined ? 53 : Number(match[2]);
  if (port < 1 || port > 65_535) throw new CorefileError(line, `${port} is not a port`);
  return { zone: zoneOf(match?.[1] ?? '.'), port };
}

/** A zone by its name, or a reverse zone by its range. */
export function zoneOf(text: string): string {
  if (!text.includes('/')) return canonical(text === '' ? '.' : text);
  const { family, prefix } = parseCidr(text);
  const [step, parts] = family === 4 ? [8, 4] : [4, 32];
  if (prefix % step !== 0)
    throw new Error(`Cannot use ${text} as a zone: its length is no multiple of ${step}`);
  return reverseName(text.slice(0, text.indexOf('/')))
    .split('.')
    .slice(parts - prefix / step)
    .join('.');
}
