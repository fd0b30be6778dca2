/**
 * Indented JSON, for who reads it with his own eyes: `?pretty=true`, or a browser, curl or wget.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/ has every example so.
 */
const eyes = /^(?:curl|Wget|Mozilla\/5\.0)/;

/** What the query says counts before what the client calls itself. */
export function wantsPretty(url: string | undefined, userAgent: string | undefined): boolean {
  const { 1: asked } = /[?&]pretty=([^&]*)/.exec(url ?? '') ?? [];
  return asked ? /^(?:1|t|true)$/i.test(asked) : eyes.test(userAgent ?? '');
}

const [quote, comma, colon, backslash] = [0x22, 0x2c, 0x3a, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** JSON without white space, in parts that may end anywhere, indented by two spaces; what is empty stays `{}` or `[]`. */
export function* indented(parts: Iterable<string>): Generator<string> {
  let depth = 0;
  let inText = false;
  let escaped = false;
  let opened = false;
  const newLine = () => `\n${'  '.repeat(depth)}`;
  for (const part of parts) {
    let out = '';
    let from = 0;
    const upTo = (end: number, more: string) => {
      out += part.slice(from, end) + more;
      from = end;
    };
    for (let i = 0; i < part.length; i++) {
      const c = part.charCodeAt(i);
      if (inText) {
        if (escaped) escaped = false;
        else if (c === backslash) escaped = true;
        else if (c === quote) inText = false;
        continue;
      }
      const closes = c === closeBrace || c === closeBracket;
      if (closes) depth--;
      if (closes !== opened) upTo(i, newLine());
      opened = c === openBrace || c === openBracket;
      if (opened) depth++;
      else if (c === comma) upTo(i + 1, newLine());
      else if (c === colon) upTo(i + 1, ' ');
      inText = c === quote;
    }
    upTo(part.length, '');
    yield out;
  }
}
