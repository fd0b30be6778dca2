/**
 * The Corefile: server blocks of directives, snippets `(name) { … }`, `import` of them and of files, `{$NAME}` and
 * `{%NAME%}` from the environment, `#` comments, "quoted words". https://coredns.io/manual/configuration/
 */
import { CorefileError, type Line, type Token, tokensOf } from './tokens.ts';

export { CorefileError, type Line } from './tokens.ts';

export interface Directive {
  name: string;
  args: readonly string[];
  /** Lines of its own block. */
  block: readonly Directive[];
  line: Line;
}

export interface ServerBlock {
  /** `.:53`, `cluster.local`, `dns://example.org:5353` as written. */
  keys: readonly string[];
  directives: readonly Directive[];
  line: Line;
}

/** The files that a pattern such as `/etc/coredns/*.conf` names; throws when it names one that is not there. */
export type ReadFiles = (pattern: string) => readonly { file: string; text: string }[];

const noFiles: ReadFiles = () => {
  throw new Error('there are no files here');
};

export function parseCorefile(
  text: string,
  env: NodeJS.ProcessEnv = {},
  readFiles: ReadFiles = noFiles,
): ServerBlock[] {
  const reading: Reading = { env, readFiles, snippets: new Map(), depth: 0 };
  return readBlocks(tokensOf(text, env), reading);
}

interface Reading {
  env: NodeJS.ProcessEnv;
  readFiles: ReadFiles;
  snippets: Map<string, readonly Directive[]>;
  /** Files within files. */
  depth: number;
}

interface Reader {
  tokens: readonly Token[];
  at: number;
}

const isBrace = (token: Token | undefined, brace: string): boolean => token?.text === brace && !token.quoted;

function readBlocks(tokens: readonly Token[], reading: Reading): ServerBlock[] {
  const reader: Reader = { tokens, at: 0 };
  const blocks: ServerBlock[] = [];
  for (let first = tokens[0]; first; first = tokens[reader.at]) {
    if (first.text === 'import') {
      const [pattern, surplus] = restOfLine(reader, first);
      if (surplus !== undefined) throw new CorefileError(first.line, `import: "${surplus}" is not supported`);
      blocks.push(
        ...filesOf(pattern, first.line, reading).flatMap((file) =>
          readBlocks(file, deeper(first.line, reading)),
        ),
      );
      continue;
    }
    const keys = readKeys(reader, first);
    const directives = imported(readBlock(reader, first.line), reading);
    const snippet = /^\((.+)\)$/.exec(keys[0] ?? '')?.[1];
    if (snippet) reading.snippets.set(snippet, directives);
    else blocks.push({ keys, directives, line: first.line });
  }
  return blocks;
}

function restOfLine(reader: Reader, first: Token): string[] {
  const words: string[] = [];
  for (
    let next = reader.tokens[++reader.at];
    next && next.line === first.line;
    next = reader.tokens[++reader.at]
  )
    words.push(next.text);
  return words;
}

/** Up to the opening brace. */
function readKeys(reader: Reader, first: Token): string[] {
  const keys: string[] = [];
  for (let token = reader.tokens[reader.at]; !isBrace(token, '{'); token = reader.tokens[reader.at]) {
    if (!token) throw new CorefileError(first.line, `${first.text} has no block; write { after it`);
    keys.push(...token.text.split(',').filter((key) => key !== ''));
    reader.at++;
  }
  return keys;
}

/** Directives between the braces; the reader stands at the opening one. */
function readBlock(reader: Reader, line: Line): Directive[] {
  reader.at++;
  const directives: Directive[] = [];
  for (;;) {
    const token = reader.tokens[reader.at];
    if (!token) throw new CorefileError(line, 'the block is not closed; a } is missing');
    if (isBrace(token, '}')) {
      reader.at++;
      return directives;
    }
    if (isBrace(token, '{')) throw new CorefileError(token.line, 'a { stands where a plugin should');
    reader.at++;
    directives.push(readDirective(reader, token));
  }
}

function readDirective(reader: Reader, { text: name, line }: Token): Directive {
  const args: string[] = [];
  for (let next = reader.tokens[reader.at]; next?.line === line; next = reader.tokens[reader.at]) {
    if (isBrace(next, '}')) break;
    if (isBrace(next, '{')) return { name, args, block: readBlock(reader, line), line };
    args.push(next.text);
    reader.at++;
  }
  return { name, args, block: [], line };
}

/** With the directives of snippets and files in the place of each `import`. */
function imported(directives: readonly Directive[], reading: Reading): Directive[] {
  return directives.flatMap(({ name, args, block, line }): Directive[] => {
    if (name !== 'import') return [{ name, args, block: imported(block, reading), line }];
    const [pattern] = args;
    if (args.length !== 1) throw new CorefileError(line, 'import: write `import SNIPPET` or `import FILES`');
    const snippet = reading.snippets.get(pattern ?? '');
    if (snippet) return [...snippet];
    return filesOf(pattern, line, reading).flatMap((tokens) =>
      imported(directivesOf(tokens), deeper(line, reading)),
    );
  });
}

/** A file in the middle of a block. */
function directivesOf(tokens: readonly Token[]): Directive[] {
  const reader: Reader = { tokens, at: 0 };
  const directives: Directive[] = [];
  for (let token = tokens[0]; token; token = tokens[reader.at]) {
    if (isBrace(token, '{') || isBrace(token, '}'))
      throw new CorefileError(token.line, `a ${token.text} stands where a plugin should`);
    reader.at++;
    directives.push(readDirective(reader, token));
  }
  return directives;
}

function filesOf(pattern: string | undefined, line: Line, { readFiles, env }: Reading): Token[][] {
  if (pattern === undefined)
    throw new CorefileError(line, 'import: write `import SNIPPET` or `import FILES`');
  try {
    return readFiles(pattern).map(({ file, text }) => tokensOf(text, env, file));
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new CorefileError(line, `import: there is no snippet "${pattern}" above, and no such file: ${why}`);
  }
}

const deepest = 10;

function deeper(line: Line, reading: Reading): Reading {
  if (reading.depth >= deepest) throw new CorefileError(line, 'import: files import each other without end');
  return { ...reading, depth: reading.depth + 1 };
}
