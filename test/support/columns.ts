/** What kubectl prints as a table, by the words above its columns. */
export type Row = Record<string, string>;

/** `NOMINATED NODE` is one word: only wider gaps part columns. */
export const headOf = (text: string): string[] => (text.split('\n')[0] ?? '').trim().split(/ {2,}/);

export function rowsOf(text: string): Row[] {
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim());
  const starts = [...head.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], at: match.index }));
  return lines.map((line) =>
    Object.fromEntries(starts.map(({ name, at }, i) => [name, line.slice(at, starts[i + 1]?.at).trim()])),
  );
}
