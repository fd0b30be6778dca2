import { CorefileError, type Line } from './tokens.ts';

/** A regular expression as Go writes it, for names: `(?P<name>…)`, `(?i)`. `plugin: Invalid regular expression …` when it is none. */
export function takeRegexp(plugin: string, text: string, line: Line): RegExp {
  const flags = /^\(\?([is]+)\)/.exec(text);
  const rest = flags ? text.slice(flags[0].length) : text;
  try {
    return new RegExp(rest.replaceAll('(?P<', '(?<'), flags?.[1] ?? '');
  } catch (err) {
    throw new CorefileError(line, `${plugin}: ${err instanceof Error ? err.message : String(err)}`);
  }
}
