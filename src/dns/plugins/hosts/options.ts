/** The lines of `hosts` in a Corefile. */
import { isAddress } from '../../../lib/ip.ts';
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import type { Directive } from '../../corefile/parse.ts';
import { takeDuration, takeNumber } from '../../corefile/values.ts';
import { zonesOf } from '../../corefile/zones.ts';

export interface Options {
  file: string;
  /** Canonical. */
  zones: readonly string[];
  /** Entries in the Corefile itself. */
  inline: readonly string[];
  /** Seconds. */
  ttl: number;
  noReverse: boolean;
  /** Whether the file is read again when it changes. */
  reloads: boolean;
  /** Zones whose names that do not exist are passed on. */
  fallthrough: readonly string[];
}

export function optionsOf({ args, block }: Directive, serverZones: readonly string[]): Options {
  const [file = '/etc/hosts', ...zones] = args;
  const options: Options = {
    file,
    zones: zones.length > 0 ? zones.flatMap(zonesOf) : serverZones,
    inline: block.filter(({ name }) => isAddress(name)).map((line) => [line.name, ...line.args].join(' ')),
    ttl: 3_600,
    noReverse: false,
    reloads: true,
    fallthrough: [],
  };
  for (const option of block) if (!isAddress(option.name)) apply(options, option);
  return options;
}

function apply(options: Options, option: Directive): void {
  const { name, args, line } = option;
  if (name === 'fallthrough') options.fallthrough = args.length > 0 ? args.flatMap(zonesOf) : ['.'];
  else if (name === 'no_reverse') {
    expectNoMore(option, 0);
    options.noReverse = true;
  } else if (name === 'ttl') {
    expectNoMore(option, 1);
    options.ttl = takeNumber('hosts: ttl', args[0], line, { most: 65_535 });
  } else if (name === 'reload') {
    expectNoMore(option, 1);
    options.reloads = takeDuration('hosts: reload', args[0], line) > 0;
  } else throw unknownOption('hosts', option);
}
