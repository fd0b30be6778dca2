/**
 * The Corefile: server blocks of directives, snippets `(name) { … }` that `import` takes in, `{$NAME}` and
 * `{%NAME%}` from the environment, `#` comments, "quoted words". https://coredns.io/manual/configuration/
 */
export interface Directive {
  name: string;
  args: readonly string[];
  /** Lines of its own block. */
  block: readonly Directive[];
  line: number;
}

export interface ServerBlock {
  /** `.:53`, `cluster.local`, `dns://example.org:5353` as written. */
  keys: readonly string[];
  directives: readonly Directive[];
  line: number;
}

export class CorefileError extends Error {
  constructor(line: number, why: string) {
    super(`Corefile:${line}: ${why}`);
    this.name = 'CorefileError';
  }
}

export function parseCorefile(text: string, env: NodeJS.ProcessEnv = {}): ServerBlock[] {
  const tokens = tokensOf(substitute(text, env));
  const snippets = new Map<string, readonly Directive[]>();
  const blocks: ServerBlock[] = [];
  const reader = { tokens, at: 0 };
  for (let first = reader.tokens[reader.at]; first; first = reader.tokens[reader.at]) {
    const keys: string[] = [];
    while (reader.tokens[reader.at] && reader.tokens[reader.at]?.text !== '{') {
      const text = (reader.tokens[reader.at++] as Token).text;
      keys.push(...text.split(',').filter((key) => key !== ''));
    }
    if (!reader.tokens[reader.at])
      throw new CorefileError(first.line, `${first.text} has no block; write { after it`);
    if (first.text === 'import')
      throw new CorefileError(first.line, 'import: outside of a block it is not supported');
    const directives = imported(readBlock(reader, first.line), snippets);
    const snippet = /^\((.+)\)$/.exec(keys[0] ?? '')?.[1];
    if (snippet) snippets.set(snippet, directives);
    else blocks.push({ keys, directives, line: first.line });
  }
  return blocks;
}

interface Token {
  text: string;
  line: number;
}

interface Reader {
  tokens: readonly Token[];
  at: number;
}

/** Directives between the braces; the reader stands at the opening one. */
function readBlock(reader: Reader, line: number): Directive[] {
  reader.at++;
  const directives: Directive[] = [];
  for (;;) {
    const token = reader.tokens[reader.at];
    if (!token) throw new CorefileError(line, 'the block is not closed; a } is missing');
    if (token.text === '}') {
      reader.at++;
      return directives;
    }
    if (token.text === '{') throw new CorefileError(token.line, 'a { stands where a plugin should');
    reader.at++;
    const args: string[] = [];
    let block: Directive[] = [];
    for (
      let next = reader.tokens[reader.at];
      next && next.line === token.line && next.text !== '}';
      next = reader.tokens[reader.at]
    ) {
      if (next.text === '{') {
        block = readBlock(reader, token.line);
        break;
      }
      args.push(next.text);
      reader.at++;
    }
    directives.push({ name: token.text, args, block, line: token.line });
  }
}

function imported(
  directives: readonly Directive[],
  snippets: ReadonlyMap<string, readonly Directive[]>,
): Directive[] {
  return directives.flatMap((directive) => {
    if (directive.name !== 'import') return [{ ...directive, block: imported(directive.block, snippets) }];
    const found = snippets.get(directive.args[0] ?? '');
    if (!found)
      throw new CorefileError(
        directive.line,
        `import: there is no snippet "${directive.args[0] ?? ''}" above`,
      );
    return [...found];
  });
}

const substitute = (text: string, env: NodeJS.ProcessEnv) =>
  text.replace(/\{\$(\w+)\}|\{%(\w+)%\}/g, (_whole, a?: string, b?: string) => env[a ?? b ?? ''] ?? '');

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [i, lineText] of text.split('\n').entries()) {
    for (const match of lineText.matchAll(/#.*$|"((?:[^"\\]|\\.)*)"|\S+/g)) {
      if (match[0].startsWith('#')) break;
      const quoted = match[1]?.replace(/\\(.)/g, '$1');
      tokens.push({ text: quoted ?? match[0], line: i + 1 });
    }
  }
  return tokens;
}
