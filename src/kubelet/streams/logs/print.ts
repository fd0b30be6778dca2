/** What a reader of the log sees of its lines. */
import { parseLine, printedTimestamp } from './line.ts';
import type { LogQuery } from './query.ts';

const newline = Buffer.from('\n');

export type PrintOptions = Pick<LogQuery, 'timestamps' | 'sinceMs' | 'stream' | 'limitBytes'>;

export class Printer {
  readonly #options: PrintOptions;
  #leftBytes: number;
  #atLineStart = true;
  /** Lines come in the order of time: once one is new enough, all are. */
  #reached: boolean;

  constructor(options: PrintOptions) {
    this.#options = options;
    this.#leftBytes = options.limitBytes ?? Number.POSITIVE_INFINITY;
    this.#reached = options.sinceMs === undefined;
  }

  /** No byte more may be printed. */
  get full(): boolean {
    return this.#leftBytes <= 0;
  }

  print(lines: Iterable<Buffer>): Buffer {
    const pieces: Buffer[] = [];
    for (const line of lines) this.#line(line, pieces);
    const text = Buffer.concat(pieces);
    const printed = text.subarray(0, Math.min(text.length, this.#leftBytes));
    this.#leftBytes -= printed.length;
    return printed;
  }

  /** Parts of a line are joined: only its last one has a newline. */
  #line(raw: Buffer, pieces: Buffer[]): void {
    const line = parseLine(raw);
    if (!line || (this.#options.stream && line.stream !== this.#options.stream)) return;
    if (!this.#reached) {
      if (Date.parse(line.timestamp) < (this.#options.sinceMs ?? 0)) return;
      this.#reached = true;
    }
    if (this.#options.timestamps && this.#atLineStart)
      pieces.push(Buffer.from(`${printedTimestamp(line.timestamp)} `));
    pieces.push(line.content);
    if (!line.partial) pieces.push(newline);
    this.#atLineStart = !line.partial;
  }
}
