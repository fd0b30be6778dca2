/** The lines of `log` in a Corefile. */
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { zonesOf } from '../../corefile/zones.ts';
import { type Class, classes } from './classes.ts';

export interface Options {
  /** Zones whose names are logged, canonical. */
  names: readonly string[];
  format: string;
  classes: ReadonlySet<Class>;
}

export const commonFormat =
  '{remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}" {rcode} {>rflags} {rsize} {duration}';
const combinedFormat = `${commonFormat} "{>opcode}"`;

export function optionsOf({ args, block }: Directive): Options {
  const last = args.at(-1);
  const hasFormat = last?.includes('{') === true;
  const names = (hasFormat ? args.slice(0, -1) : args).flatMap(zonesOf);
  const format = hasFormat ? last : commonFormat;
  return {
    names: names.length > 0 ? names : ['.'],
    format: format.replaceAll('{common}', commonFormat).replaceAll('{combined}', combinedFormat),
    classes: classesOf(block),
  };
}

function classesOf(block: readonly Directive[]): ReadonlySet<Class> {
  const found = block.flatMap((option) => {
    if (option.name !== 'class') throw unknownOption('log', option);
    expectNoMore({ ...option, args: [] }, 0);
    if (option.args.length === 0) throw new CorefileError(option.line, 'log: class needs a class');
    return option.args.map((word) => {
      const known = classes.find((each) => each === word);
      if (known) return known;
      throw new CorefileError(option.line, `log: class is one of ${classes.join(', ')}, not "${word}"`);
    });
  });
  return new Set(found.length > 0 ? found : ['all']);
}
