/** How a rule finds names, and what it makes of them. Names are canonical. */
import type { Line } from '../../corefile/parse.ts';
import { takeRegexp } from '../../corefile/regexp.ts';
import { canonical } from '../../wire/name.ts';

export const matchers = ['exact', 'prefix', 'suffix', 'substring', 'regex'] as const;
export type Matcher = (typeof matchers)[number];

export interface Match {
  /** Groups of a regular expression; the first is the whole. */
  groups: readonly string[];
}

/** `exact FROM …`, or only `FROM …`; the rest stands behind. */
export function takeMatcher(words: readonly string[]): { matcher: Matcher; rest: readonly string[] } {
  const known = matchers.find((each) => each === words[0]);
  return known ? { matcher: known, rest: words.slice(1) } : { matcher: 'exact', rest: words };
}

/** Whether a name is meant. */
export function matching(matcher: Matcher, from: string, line: Line): (name: string) => Match | undefined {
  const lower = from.toLowerCase();
  const all = { groups: [] };
  switch (matcher) {
    case 'exact':
      return (name) => (name === canonical(from) ? all : undefined);
    case 'prefix':
      return (name) => (name.startsWith(lower) ? all : undefined);
    case 'suffix':
      return (name) => (name.endsWith(canonical(from)) ? all : undefined);
    case 'substring':
      return (name) => (name.includes(lower) ? all : undefined);
    case 'regex': {
      const regexp = takeRegexp('rewrite', from, line);
      return (name) => {
        const found = regexp.exec(name);
        return found ? { groups: found.map((group) => group ?? '') } : undefined;
      };
    }
  }
}

/** What a name that matched becomes; and the way back, where there is one. */
export function replacing(
  matcher: Matcher,
  from: string,
  to: string,
): { there: (name: string, match: Match) => string; back?: (name: string) => string | undefined } {
  const [before, after] = [from.toLowerCase(), to.toLowerCase()];
  switch (matcher) {
    case 'exact':
      return { there: () => canonical(to) };
    case 'prefix':
      return {
        there: (name) => after + name.slice(before.length),
        back: (name) => (name.startsWith(after) ? before + name.slice(after.length) : undefined),
      };
    case 'suffix': {
      const [own, other] = [canonical(from), canonical(to)];
      return {
        there: (name) => name.slice(0, -own.length) + other,
        back: (name) => (name.endsWith(other) ? name.slice(0, -other.length) + own : undefined),
      };
    }
    case 'substring':
      return { there: (name) => name.replaceAll(before, () => after) };
    case 'regex':
      return { there: (_name, match) => canonical(filled(to, match)) };
  }
}

/** `{1}` is the first group. */
export const filled = (text: string, { groups }: Match): string =>
  text.replace(/\{(\d+)\}/g, (whole, digits: string) => groups[Number(digits)] ?? whole);
