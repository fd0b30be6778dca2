/** The words of a label selector: identifiers, `in`, `notin`, and the signs between them. */
const WORD = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/gy;

export interface Words {
  /** The word that comes next; undefined at the end. */
  peek(): string | undefined;
  next(): string | undefined;
}

export function tokenize(text: string): Words {
  const words = [...text.trim().matchAll(WORD)].map((m) => m[1]);
  let at = 0;
  return { peek: () => words[at], next: () => words[at++] };
}
