/** The one table of `make bench`: each figure beside what it should be and beside its peers. */

/** Somebody else's figure, in the row's unit; where it is undefined the name says why. */
export interface Peer {
  name: string;
  value: number | undefined;
}

export interface Row {
  what: string;
  unit: 's' | 'ms' | 'µs' | 'MB' | 'KB' | '/s' | 'MB/s';
  /** In the row's unit, one a run or of each time; less is better, but of what is counted by the second more. */
  values: readonly number[];
  target: number;
  peers: readonly Peer[];
}

export function tableOf(rows: readonly Row[]): string {
  const head = ['WHAT', 'MEDIAN', 'FROM … TO', 'RUNS', 'TARGET', 'OF TARGET', 'PEER', 'PEER ÷ OURS'];
  const lines = [head, ...rows.flatMap(linesOf)];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The first line has the figure and the first peer; each further peer has a line of its own. */
function linesOf({ what, unit, values, target, peers }: Row): string[][] {
  const middle = median(values);
  const isMissed = unit.endsWith('/s') ? middle < target : middle > target;
  const figure = (value: number) => `${rounded(value)}${unit === '/s' ? unit : ` ${unit}`}`;
  const peerCells = peers.map(({ name, value }) =>
    value === undefined ? [name] : [`${name}: ${figure(value)}`, `${rounded(value / middle)}×`],
  );
  const own = [
    what,
    figure(middle),
    `${rounded(least(values))} … ${rounded(most(values))}`,
    String(values.length),
    figure(target),
    `${rounded(middle / target)}×${isMissed ? ' (missed)' : ''}`,
  ];
  const none = own.map(() => '');
  if (peerCells.length === 0) return [own];
  return peerCells.map((cells, i) => [...(i === 0 ? own : none), ...cells]);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

// There may be more of them than a function takes arguments.
const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** Three digits that count. */
const rounded = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
