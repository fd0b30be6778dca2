/** The lines of `kubernetes` in a Corefile. */
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { zoneOf } from '../../corefile/zones.ts';

export type PodMode = 'disabled' | 'insecure' | 'verified';

export interface Options {
  /** Canonical. */
  zones: readonly string[];
  pods: PodMode;
  /** Seconds. */
  ttl: number;
  /** Zones whose names that do not exist are passed on. */
  fallthrough: readonly string[];
}

const podModes: readonly string[] = ['disabled', 'insecure', 'verified'] satisfies PodMode[];
const longestTtl = 3600;

export function optionsOf(directive: Directive, serverZones: readonly string[]): Options {
  const options: Options = {
    zones: directive.args.length > 0 ? directive.args.map(zoneOf) : serverZones,
    pods: 'disabled',
    ttl: 5,
    fallthrough: [],
  };
  for (const { name, args, line } of directive.block) {
    const [value = ''] = args;
    switch (name) {
      case 'pods':
        if (!podModes.includes(value) || args.length !== 1)
          throw new CorefileError(
            line,
            `kubernetes: pods is one of ${podModes.join(', ')}, not "${args.join(' ')}"`,
          );
        options.pods = value as PodMode;
        break;
      case 'ttl':
        options.ttl = ttlOf(args, line);
        break;
      case 'fallthrough':
        options.fallthrough = args.length > 0 ? args.map(zoneOf) : ['.'];
        break;
      default:
        throw new CorefileError(line, `kubernetes: option "${name}" is not supported`);
    }
  }
  return options;
}

function ttlOf(args: readonly string[], line: number): number {
  const [text = ''] = args;
  if (args.length !== 1 || !/^\d+$/.test(text) || Number(text) > longestTtl)
    throw new CorefileError(
      line,
      `kubernetes: ttl is a number of seconds from 0 to ${longestTtl}, not "${args.join(' ')}"`,
    );
  return Number(text);
}
