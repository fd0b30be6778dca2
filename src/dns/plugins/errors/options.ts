/** The lines of `errors` in a Corefile. */
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { takeRegexp } from '../../corefile/regexp.ts';
import { takeDuration } from '../../corefile/values.ts';

export interface Pattern {
  everyMs: number;
  matches: RegExp;
  text: string;
  level: Level;
  /** The first of them is told at once. */
  isFirstShown: boolean;
}

const levels = ['debug', 'info', 'warning', 'error'] as const;
type Level = (typeof levels)[number];

export interface Options {
  patterns: readonly Pattern[];
  stacktrace: boolean;
}

export function optionsOf(directive: Directive): Options {
  // Lines go nowhere else.
  expectNoMore({ ...directive, block: [] }, directive.args[0] === 'stdout' ? 1 : 0);
  const patterns = directive.block.filter(({ name }) => name === 'consolidate').map(patternOf);
  for (const option of directive.block)
    if (option.name === 'stacktrace') expectNoMore(option, 0);
    else if (option.name !== 'consolidate') throw unknownOption('errors', option);
  return { patterns, stacktrace: directive.block.some(({ name }) => name === 'stacktrace') };
}

function patternOf(option: Directive): Pattern {
  const { args, line } = option;
  const isFirstShown = args.at(-1) === 'show_first';
  const [every, text, level = 'error'] = isFirstShown ? args.slice(0, -1) : args;
  expectNoMore(option, isFirstShown ? 4 : 3);
  if (text === undefined)
    throw new CorefileError(line, 'errors: write `consolidate DURATION REGEXP [LEVEL]`');
  const known = levels.find((each) => each === level);
  if (!known) throw new CorefileError(line, `errors: level is one of ${levels.join(', ')}, not "${level}"`);
  return {
    everyMs: takeDuration('errors: consolidate', every, line),
    matches: takeRegexp('errors', text, line),
    text,
    level: known,
    isFirstShown,
  };
}
