/** The lines of `forward` in a Corefile. */
import { isAddress } from '../../../lib/ip.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { zoneOf } from '../../corefile/zones.ts';
import { nameserversOf } from './resolvconf.ts';

export interface Target {
  address: string;
  port: number;
}

export type Policy = 'random' | 'round_robin' | 'sequential';

export interface Options {
  /** Canonical zone. */
  from: string;
  to: readonly Target[];
  except: readonly string[];
  policy: Policy;
  /** So many failures one after the other and an upstream rests; never with 0. */
  maxFails: number;
  /** Questions under way at once; 0 is as many as come. */
  maxConcurrent: number;
  protocol: 'as asked' | 'prefer udp' | 'force tcp';
}

const policies: readonly string[] = ['random', 'round_robin', 'sequential'] satisfies Policy[];
const mostUpstreams = 15;

/** `readFile` reads a resolv.conf. */
export function optionsOf({ args, block, line }: Directive, readFile: (path: string) => string): Options {
  const [from, ...to] = args;
  if (from === undefined || to.length === 0)
    throw new CorefileError(line, 'forward: write `forward FROM TO...`');
  const options: Options = {
    from: zoneOf(from),
    to: to.flatMap((text) => targetsOf(text, line, readFile)),
    except: [],
    policy: 'random',
    maxFails: 2,
    maxConcurrent: 1000,
    protocol: 'as asked',
  };
  if (options.to.length > mostUpstreams)
    throw new CorefileError(line, `forward: ${options.to.length} upstreams are more than ${mostUpstreams}`);
  for (const each of block) apply(options, each);
  return options;
}

function apply(options: Options, { name, args, line }: Directive): void {
  const [value = ''] = args;
  switch (name) {
    case 'except':
      options.except = args.map(zoneOf);
      return;
    case 'policy':
      if (!policies.includes(value))
        throw new CorefileError(line, `forward: policy is one of ${policies.join(', ')}, not "${value}"`);
      options.policy = value as Policy;
      return;
    case 'max_fails':
      options.maxFails = numberOf(name, value, line);
      return;
    case 'max_concurrent':
      options.maxConcurrent = numberOf(name, value, line);
      return;
    case 'force_tcp':
      options.protocol = 'force tcp';
      return;
    case 'prefer_udp':
      if (options.protocol !== 'force tcp') options.protocol = 'prefer udp';
      return;
    case 'expire':
      // No connection is kept, so each is younger than any limit.
      if (!/^\d+(ms|s|m|h)$/.test(value))
        throw new CorefileError(line, `forward: expire is a duration such as 10s, not "${value}"`);
      return;
    default:
      throw new CorefileError(line, `forward: option "${name}" is not supported`);
  }
}

function numberOf(name: string, text: string, line: number): number {
  if (!/^\d{1,9}$/.test(text)) throw new CorefileError(line, `forward: ${name} is a number, not "${text}"`);
  return Number(text);
}

/** An address, an address with its port, or a file with `nameserver` lines. */
function targetsOf(text: string, line: number, readFile: (path: string) => string): Target[] {
  const scheme = /^(\w+):\/\//.exec(text)?.[1] ?? 'dns';
  if (scheme !== 'dns') throw new CorefileError(line, `forward: ${scheme}:// is not supported`);
  const to = text.replace(/^dns:\/\//, '');
  if (isAddress(to)) return [{ address: to, port: 53 }];
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(to) ?? [];
  const address = bracketed ?? plain ?? '';
  if (isAddress(address) && Number(port) >= 1 && Number(port) <= 65_535)
    return [{ address, port: Number(port) }];
  if (!to.startsWith('/'))
    throw new CorefileError(line, `forward: "${text}" is neither an address nor a file`);
  return nameserversOf(readFile(to)).map((found) => ({ address: found, port: 53 }));
}
