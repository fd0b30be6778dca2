/**
 * The links of a page that comes by way of the API server: absolute ones would lead past it. Read as far as links need
 * it, in one pass. https://html.spec.whatwg.org/multipage/indices.html#attributes-3 (those that are URLs)
 */

const linking: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    a: ['href'],
    applet: ['codebase'],
    area: ['href'],
    audio: ['src'],
    base: ['href'],
    blockquote: ['cite'],
    body: ['background'],
    button: ['formaction'],
    command: ['icon'],
    del: ['cite'],
    embed: ['src'],
    form: ['action'],
    frame: ['longdesc', 'src'],
    head: ['profile'],
    html: ['manifest'],
    iframe: ['longdesc', 'src'],
    img: ['longdesc', 'src', 'usemap'],
    input: ['src', 'usemap', 'formaction'],
    ins: ['cite'],
    link: ['href'],
    object: ['classid', 'codebase', 'data', 'usemap'],
    q: ['cite'],
    script: ['src'],
    source: ['src'],
    video: ['poster', 'src'],
  }),
);

/** What stands in these is text, whatever it looks like. */
const textOnly = /^(?:iframe|noembed|noframes|script|style|textarea|title|xmp)$/;

const opening = /<(?:!--|([a-z][^\s/>]*))/gi;
const attribute = /[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"'][^\s>]*))?/y;

/** The same page with each link as `relink` says; everything else stays letter by letter. */
export function relinked(html: string, relink: (link: string) => string): string {
  let out = '';
  let copied = 0;
  let at = 0;
  for (;;) {
    opening.lastIndex = at;
    const [begin, written] = opening.exec(html) ?? [];
    if (begin === undefined) return out + html.slice(copied);
    at = opening.lastIndex;
    if (written === undefined) {
      at = endOf(/-->/g, html, at);
      continue;
    }
    const name = written.toLowerCase();
    for (const { key, value, end } of attributesFrom(html, at)) {
      at = end;
      if (!linking.get(name)?.includes(key)) continue;
      const quote = /^["']/.exec(value)?.[0] ?? '';
      const link = value.slice(quote.length, value.length - quote.length);
      out += html.slice(copied, end - value.length) + quote + relink(link) + quote;
      copied = end;
    }
    if (textOnly.test(name)) at = endOf(new RegExp(`</${name}`, 'gi'), html, at);
  }
}

/** Of the tag whose name ends at `from`; values still have their quotes. */
function* attributesFrom(html: string, from: number): Generator<{ key: string; value: string; end: number }> {
  let end = from;
  for (;;) {
    attribute.lastIndex = end;
    const [found, key = '', value = ''] = attribute.exec(html) ?? [];
    if (found === undefined) return;
    end = attribute.lastIndex;
    yield { key: key.toLowerCase(), value, end };
  }
}

function endOf(mark: RegExp, html: string, from: number): number {
  mark.lastIndex = from;
  return mark.test(html) ? mark.lastIndex : html.length;
}

/** Of a longer page the links stay as they are: it would be held in memory. */
const longestBytes = 8 * 1024 * 1024;

/** Its charset does not matter: what links are made of is ASCII, and other bytes pass through. */
export async function* relinkedPage(
  page: AsyncIterable<Uint8Array>,
  relink: (link: string) => string,
): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of page) {
    held.push(chunk);
    length += chunk.length;
    if (length > longestBytes) yield* held.splice(0);
  }
  if (held.length === 0) return;
  yield Buffer.from(relinked(Buffer.concat(held).toString('latin1'), relink), 'latin1');
}
