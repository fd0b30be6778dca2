/** Which names, on which port, a server block answers: `cluster.local`, `.:53`, `10.0.0.0/24`, `tls://example.org`. */
import { formatCidr, parseCidr, sizeOf, subnet } from '../../lib/ip.ts';
import { reverseName } from '../wire/address.ts';
import { canonical, isName } from '../wire/name.ts';
import { CorefileError, type Line } from './tokens.ts';

export type Scheme = 'dns' | 'tls';

export interface ServerKey {
  scheme: Scheme;
  zone: string;
  port: number;
}

/** RFC 1035 section 4.2, RFC 7858 section 3.1. */
const defaultPort: Readonly<Record<Scheme, number>> = { dns: 53, tls: 853 };

/** One for each zone: a range may need several. */
export function serverKeys(key: string, line: Line): ServerKey[] {
  const scheme = /^(\w+):\/\//.exec(key)?.[1] ?? 'dns';
  if (scheme !== 'dns' && scheme !== 'tls')
    throw new CorefileError(line, `${scheme}:// is not supported; use dns:// or tls://`);
  const rest = key.replace(/^\w+:\/\//, '');
  const match = /^(.*?)(?::(\d+))?$/.exec(rest);
  const port = match?.[2] === undefined ? defaultPort[scheme] : Number(match[2]);
  if (port < 1 || port > 65_535) throw new CorefileError(line, `${port} is not a port`);
  return zonesOf(match?.[1] ?? '.').map((zone) => ({ scheme, zone, port }));
}

/** A zone by its name, or the reverse zones of a range: `10.0.0.0/15` is two. */
export function zonesOf(text: string): string[] {
  if (!text.includes('/')) return [zoneOf(text === '' ? '.' : text)];
  const range = parseCidr(text);
  const [step, parts] = range.family === 4 ? [8, 4] : [4, 32];
  const prefix = Math.ceil(range.prefix / step) * step;
  const count = Number(sizeOf(range) / sizeOf({ ...range, prefix }));
  return Array.from({ length: count }, (_, i) => {
    const [address = ''] = formatCidr(subnet(range, prefix, i)).split('/');
    return reverseName(address)
      .split('.')
      .slice(parts - prefix / step)
      .join('.');
  });
}

function zoneOf(text: string): string {
  if (!isName(text)) throw new Error(`"${text}" is no domain name`);
  return canonical(text);
}
