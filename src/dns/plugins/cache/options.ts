/** The lines of `cache` in a Corefile. */
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import { CorefileError, type Directive, type Line } from '../../corefile/parse.ts';
import { takeDuration, takeNumber } from '../../corefile/values.ts';
import { zonesOf } from '../../corefile/zones.ts';

export interface Kept {
  capacity: number;
  /** Seconds. */
  maxTtl: number;
  minTtl: number;
  /** Zones whose answers of this sort are not kept, canonical. */
  disabled: readonly string[];
}

export interface Prefetch {
  /** So many questions, none longer than this after the one before, make an answer popular. */
  amount: number;
  withinMs: number;
  /** It is asked for again when this part of its life is left. */
  fraction: number;
}

export interface ServeStale {
  forMs: number;
  /** Whether it is tried first to get a fresh answer. */
  verify: boolean;
}

export interface Options {
  zones: readonly string[];
  success: Kept;
  denial: Kept;
  prefetch?: Prefetch;
  serveStale?: ServeStale;
  /** Seconds for which a failure is known; 0 is not at all. */
  servfailTtl: number;
  /** The ttl is not counted down. */
  keepttl: boolean;
}

/** Defaults are CoreDNS's. https://coredns.io/plugins/cache/ */
export function optionsOf({ args, block, line }: Directive, serverZones: readonly string[]): Options {
  const hasTtl = /^\d+$/.test(args[0] ?? '');
  const zones = (hasTtl ? args.slice(1) : args).flatMap(zonesOf);
  const ttl = hasTtl ? takeNumber('cache: its ttl', args[0], line, { least: 1 }) : undefined;
  const options: Options = {
    zones: zones.length > 0 ? zones : serverZones,
    success: { capacity: 9984, maxTtl: ttl ?? 3600, minTtl: 5, disabled: [] },
    denial: { capacity: 9984, maxTtl: ttl ?? 1800, minTtl: 5, disabled: [] },
    servfailTtl: 5,
    keepttl: false,
  };
  for (const each of block) apply(options, each);
  return options;
}

function apply(options: Options, option: Directive): void {
  const { name, args, line } = option;
  switch (name) {
    case 'success':
    case 'denial':
      return keep(options[name], option);
    case 'prefetch':
      return prefetch(options, option);
    case 'serve_stale':
      options.serveStale = serveStaleOf(option);
      return;
    case 'servfail':
      expectNoMore(option, 1);
      options.servfailTtl = servfailTtlOf(args[0], line);
      return;
    case 'keepttl':
      expectNoMore(option, 0);
      options.keepttl = true;
      return;
    case 'disable':
      return disable(options, option);
    default:
      throw unknownOption('cache', option);
  }
}

function keep(kept: Kept, option: Directive): void {
  const { name, args, line } = option;
  const [capacity, maxTtl, minTtl] = args;
  expectNoMore(option, 3);
  kept.capacity = takeNumber(`cache: ${name}'s capacity`, capacity, line, { least: 1 });
  if (maxTtl !== undefined) kept.maxTtl = takeNumber(`cache: ${name}'s ttl`, maxTtl, line, { least: 1 });
  if (minTtl !== undefined) kept.minTtl = takeNumber(`cache: ${name}'s least ttl`, minTtl, line);
}

function disable(options: Options, { args: [sort = '', ...zones], line }: Directive): void {
  if (sort !== 'success' && sort !== 'denial')
    throw new CorefileError(line, `cache: disable success or denial, not "${sort}"`);
  options[sort].disabled = zones.length > 0 ? zones.flatMap(zonesOf) : options.zones;
}

/** An amount of 0 is none. */
function prefetch(options: Options, option: Directive): void {
  const { args, line } = option;
  expectNoMore(option, 3);
  const [amount, within = '1m', percentage = '10%'] = args;
  const percent = Number(/^(\d{1,2})%$/.exec(percentage)?.[1]);
  if (!(percent >= 10 && percent <= 90))
    throw new CorefileError(line, `cache: prefetch's percentage is from 10% to 90%, not "${percentage}"`);
  const found = {
    amount: takeNumber('cache: prefetch', amount, line),
    withinMs: takeDuration("cache: prefetch's duration", within, line),
    fraction: percent / 100,
  };
  if (found.amount > 0) options.prefetch = found;
}

function serveStaleOf(option: Directive): ServeStale {
  const { args, line } = option;
  expectNoMore(option, 2);
  const [duration = '1h', given = 'immediate'] = args;
  const mode = given.toLowerCase();
  if (mode !== 'immediate' && mode !== 'verify')
    throw new CorefileError(line, `cache: serve_stale refreshes immediate or verify, not "${mode}"`);
  return { forMs: takeDuration('cache: serve_stale', duration, line), verify: mode === 'verify' };
}

/** RFC 2308 section 7.1: a failure may be known for five minutes. */
const longestServfail = 300;

function servfailTtlOf(text: string | undefined, line: Line): number {
  const seconds = takeDuration('cache: servfail', text, line) / 1000;
  if (seconds > longestServfail) throw new CorefileError(line, 'cache: servfail is at most 5m');
  return seconds;
}
