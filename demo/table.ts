/** The one table that the demo prints. */
export interface Row {
  title: string;
  held: boolean;
  seen: string;
  tookMs: number;
}

const titleWidth = 50;
const seenWidth = 60;

export function tableOf(rows: readonly Row[]): string {
  const head = line('', 'CHECKED', 'SEEN', 'MS');
  const body = rows.map(({ title, held, seen, tookMs }, i) => {
    const [titles, seens] = [wrap(`${i + 1}. ${title}`, titleWidth), wrap(seen, seenWidth)];
    const height = Math.max(titles.length, seens.length);
    return Array.from({ length: height }, (_, n) =>
      line(
        n > 0 ? '' : held ? '✓' : '✗',
        titles[n] ?? '',
        seens[n] ?? '',
        n > 0 ? '' : String(Math.round(tookMs)),
      ),
    ).join('\n');
  });
  return [head, ...body].join('\n');
}

const line = (mark: string, title: string, seen: string, ms: string) =>
  `${mark.padEnd(1)}  ${title.padEnd(titleWidth)}  ${seen.padEnd(seenWidth)}  ${ms.padStart(7)}`.trimEnd();

/** Breaks text at spaces into lines of at most so many characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
