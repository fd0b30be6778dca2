/** The lines of `cache` in a Corefile. */
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { zoneOf } from '../../corefile/zones.ts';

export interface Kept {
  capacity: number;
  /** Seconds. */
  maxTtl: number;
  minTtl: number;
  /** Zones whose answers of this sort are not kept, canonical. */
  disabled: readonly string[];
}

export interface Options {
  zones: readonly string[];
  success: Kept;
  denial: Kept;
}

/** Defaults are CoreDNS's. https://coredns.io/plugins/cache/ */
export function optionsOf({ args, block, line }: Directive, serverZones: readonly string[]): Options {
  const hasTtl = /^\d+$/.test(args[0] ?? '');
  const zones = (hasTtl ? args.slice(1) : args).map(zoneOf);
  const ttl = hasTtl ? numberOf('its ttl', args[0] ?? '', line, 1) : undefined;
  const options: Options = {
    zones: zones.length > 0 ? zones : serverZones,
    success: { capacity: 9984, maxTtl: ttl ?? 3600, minTtl: 5, disabled: [] },
    denial: { capacity: 9984, maxTtl: ttl ?? 1800, minTtl: 5, disabled: [] },
  };
  for (const each of block) apply(options, each);
  return options;
}

function apply(options: Options, { name, args, line }: Directive): void {
  const [first = '', ...rest] = args;
  switch (name) {
    case 'success':
    case 'denial': {
      const [maxTtl, minTtl] = rest;
      const kept = options[name];
      kept.capacity = numberOf(`${name}'s capacity`, first, line, 1);
      if (maxTtl !== undefined) kept.maxTtl = numberOf(`${name}'s ttl`, maxTtl, line, 1);
      if (minTtl !== undefined) kept.minTtl = numberOf(`${name}'s least ttl`, minTtl, line, 0);
      return;
    }
    case 'disable':
      if (first !== 'success' && first !== 'denial')
        throw new CorefileError(line, `cache: disable success or denial, not "${first}"`);
      options[first].disabled = rest.length > 0 ? rest.map(zoneOf) : options.zones;
      return;
    default:
      throw new CorefileError(line, `cache: option "${name}" is not supported`);
  }
}

function numberOf(what: string, text: string, line: number, least: number): number {
  const n = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(n >= least)) throw new CorefileError(line, `cache: ${what} is a number from ${least}, not "${text}"`);
  return n;
}
