/** Sizes of the client's terminal: `{"Width":80,"Height":24}`, one object after another. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

const mostPendingCharacters = 1024;
const mostCells = 0xffff;

export class TerminalSizes {
  #pending = '';

  /** The sizes that this piece completes; what is none is left out. */
  push(piece: string): TerminalSize[] {
    const objects = (this.#pending + piece).split('}');
    this.#pending = (objects.pop() ?? '').slice(-mostPendingCharacters);
    return objects.map((object) => parse(`${object}}`)).filter((size) => size !== undefined);
  }
}

function parse(json: string): TerminalSize | undefined {
  try {
    const { Width, Height } = JSON.parse(json) as { Width?: unknown; Height?: unknown };
    return isCells(Width) && isCells(Height) ? { columns: Width, rows: Height } : undefined;
  } catch {
    return undefined;
  }
}

const isCells = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= mostCells;
