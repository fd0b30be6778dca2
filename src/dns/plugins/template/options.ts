/** The lines of `template` in a Corefile. */
import { unknownOption } from '../../corefile/arity.ts';
import { CorefileError, type Directive, type Line } from '../../corefile/parse.ts';
import { takeRegexp } from '../../corefile/regexp.ts';
import { takeNumber } from '../../corefile/values.ts';
import { zonesOf } from '../../corefile/zones.ts';
import { classOf, rcode, rcodeOf, recordType, typeOf } from '../../wire/types.ts';
import { type Data, templateOf } from './expand.ts';

export interface Template {
  /** As it is written. */
  text: string;
  expand: (data: Data) => string;
}

export interface Options {
  class: number;
  type: number;
  zones: readonly string[];
  matches: readonly RegExp[];
  answers: readonly Template[];
  additionals: readonly Template[];
  authorities: readonly Template[];
  rcode: number;
  /** RFC 8914. */
  extendedError?: { code: number; reason: string };
  fallthrough: readonly string[];
}

type Growing = { -readonly [K in keyof Options]: Options[K] };

export function optionsOf({ args, block, line }: Directive, serverZones: readonly string[]): Options {
  const [className = '', typeName = '', ...zones] = args;
  const cls = classOf(className);
  const type = typeOf(typeName);
  if (cls === undefined || type === undefined)
    throw new CorefileError(line, 'template: write `template CLASS TYPE [ZONES...]`');
  const options: Growing = {
    class: cls,
    type,
    zones: zones.length > 0 ? zones.flatMap(zonesOf) : serverZones,
    matches: [],
    answers: [],
    additionals: [],
    authorities: [],
    rcode: rcode.NOERROR,
    fallthrough: [],
  };
  for (const option of block) apply(options, option);
  if (options.matches.length === 0) options.matches = [/.*/];
  return options;
}

const sections = { answer: 'answers', additional: 'additionals', authority: 'authorities' } as const;

function apply(options: Growing, option: Directive): void {
  const { name, args, line } = option;
  if (args.length === 0 && name !== 'fallthrough')
    throw new CorefileError(line, `template: ${name} needs a value`);
  if (name === 'match')
    options.matches = [...options.matches, ...args.map((arg) => takeRegexp('template', arg, line))];
  else if (name === 'answer' || name === 'additional' || name === 'authority') {
    const section = sections[name];
    options[section] = [...options[section], ...args.map((arg) => takeTemplate(arg, line))];
  } else if (name === 'rcode') {
    const code = rcodeOf(args[0] ?? '');
    if (code === undefined) throw new CorefileError(line, `template: "${args[0] ?? ''}" is no code`);
    options.rcode = code;
  } else if (name === 'ederror') {
    const code = takeNumber('template: ederror', args[0], line, { most: 65_535 });
    options.extendedError = { code, reason: args.slice(1).join(' ') };
  } else if (name === 'fallthrough') options.fallthrough = args.length > 0 ? args.flatMap(zonesOf) : ['.'];
  else throw unknownOption('template', option);
}

function takeTemplate(text: string, line: Line): Template {
  try {
    return { text, expand: templateOf(text) };
  } catch (err) {
    throw new CorefileError(line, `template: ${err instanceof Error ? err.message : String(err)}`);
  }
}

const everything = recordType.ANY;

/** For classes and for types: `ANY` has the same number in both. */
export const isMeant = (wanted: number, asked: number): boolean =>
  wanted === everything || asked === everything || wanted === asked;
