/**
 * Objects in expressions of mutating policies, `Object.spec{replicas: 3}` and `JSONPatch{op: "add", …}`, which
 * the evaluator does not know: they become maps. What stands in texts and comments stays as it is.
 * https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
 */

/** What begins at a place of an expression, tried in this order. */
const tokens: readonly [kind: 'skip' | 'struct' | 'open' | 'close' | 'comma' | 'field', pattern: RegExp][] = [
  ['skip', /\/\/[^\n]*/y],
  ['skip', /[rRbB]{0,2}("""[^]*?"""|'''[^]*?''')/y],
  ['skip', /[rR][bB]?("[^"]*"|'[^']*')/y],
  ['skip', /[bB]?("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/y],
  ['struct', /(?:Object(?:\s*\.\s*[A-Za-z_]\w*)*|JSONPatch)\s*\{/y],
  ['field', /[A-Za-z_]\w*(?=\s*:)/y],
  ['skip', /[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*/y],
  ['open', /[{([]/y],
  ['close', /[})\]]/y],
  ['comma', /,/y],
  ['skip', /\s+/y],
];

export function structsAsMaps(text: string): string {
  const open: boolean[] = [];
  let made = '';
  let expectsField = false;
  for (let at = 0; at < text.length; ) {
    const { kind, token } = tokenAt(text, at);
    at += token.length;
    switch (kind) {
      case 'struct':
        open.push(true);
        made += 'dyn({';
        expectsField = true;
        continue;
      case 'open':
        open.push(false);
        break;
      case 'close':
        made += token;
        if (open.pop()) made += ')';
        expectsField = false;
        continue;
      case 'comma':
        made += token;
        expectsField = open.at(-1) === true;
        continue;
      case 'field':
        made += expectsField ? JSON.stringify(token) : token;
        expectsField = false;
        continue;
    }
    made += token;
    if (token.trim() !== '' && !token.startsWith('//')) expectsField = false;
  }
  return made;
}

function tokenAt(text: string, at: number): { kind: (typeof tokens)[number][0]; token: string } {
  for (const [kind, pattern] of tokens) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return { kind, token: found[0] };
  }
  return { kind: 'skip', token: text.charAt(at) };
}
