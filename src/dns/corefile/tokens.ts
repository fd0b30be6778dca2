/** The words of a Corefile. */

/** Of the Corefile itself, or `/etc/coredns/more.conf:3` of a file that it imports. */
export type Line = number | string;

export class CorefileError extends Error {
  constructor(line: Line, why: string) {
    super(`${typeof line === 'number' ? `Corefile:${line}` : line}: ${why}`);
    this.name = 'CorefileError';
  }
}

export interface Token {
  text: string;
  line: Line;
  /** `"{"` is a word, `{` a brace. */
  quoted: boolean;
}

/**
 * Words between blanks; "quoted" ones may hold blanks and lines, and `\"`. A `#` where a word could begin is a
 * comment to the end of its line. `{$NAME}` and `{%NAME%}` within a word are from the environment.
 */
export function tokensOf(text: string, env: NodeJS.ProcessEnv, file?: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [whole, quoted] of text.matchAll(/\n|#[^\n]*|"((?:[^"\\]|\\[^])*)"|[^\s]+/g)) {
    if (whole === '\n') line++;
    else if (!whole.startsWith('#')) {
      // Only the quote is escaped: a regular expression keeps its backslashes.
      const word = substitute(quoted === undefined ? whole : quoted.replaceAll('\\"', '"'), env);
      // What is not set in the environment is no word.
      if (word !== '' || quoted !== undefined)
        tokens.push({
          text: word,
          line: file === undefined ? line : `${file}:${line}`,
          quoted: quoted !== undefined,
        });
      line += whole.split('\n').length - 1;
    }
  }
  return tokens;
}

const substitute = (text: string, env: NodeJS.ProcessEnv): string =>
  text.replace(/\{\$(\w+)\}|\{%(\w+)%\}/g, (_whole, a?: string, b?: string) => env[a ?? b ?? ''] ?? '');
