/** A regular expression as Go writes it, for names: `(?P<name>…)`, `(?i)`. Throws when it is none. */
export function regexpOf(text: string): RegExp {
  const flags = /^\(\?([is]+)\)/.exec(text);
  const rest = flags ? text.slice(flags[0].length) : text;
  return new RegExp(rest.replaceAll('(?P<', '(?<'), flags?.[1] ?? '');
}
