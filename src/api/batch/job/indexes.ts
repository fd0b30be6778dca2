/**
 * Sets of completion indexes as Jobs write them: `1,3-5,7`. Numbers and ranges in increasing order; two
 * neighbours make no range of their own: `3,4`.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/#JobStatus
 */

/** Enough for any Job; a range that is longer is a mistake or an attack. */
const mostIndexes = 1_000_000;

/** In increasing order; undefined when the text is none. */
export function parseIndexes(text: string): number[] | undefined {
  const found: number[] = [];
  for (const part of text === '' ? [] : text.split(',')) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    const from = Number(first);
    const to = Number(last);
    if (first === undefined || to < from || from <= (found.at(-1) ?? -1)) return undefined;
    if (found.length + to - from >= mostIndexes) return undefined;
    for (let i = from; i <= to; i++) found.push(i);
  }
  return found;
}

export function formatIndexes(indexes: Iterable<number>): string {
  const runs: [first: number, last: number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && index <= run[1] + 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs
    .map(([first, last]) => {
      if (first === last) return String(first);
      return `${first}${last === first + 1 ? ',' : '-'}${last}`;
    })
    .join(',');
}
