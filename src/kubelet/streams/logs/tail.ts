/** Where the last lines of a log begin, found from its end: what stands before is never read. */
import type { FileHandle } from 'node:fs/promises';
import { parseLine } from './line.ts';
import type { LogQuery } from './query.ts';

const newline = 0x0a;
const blockBytes = 64 * 1024;
/** Timestamp, stream and tags of a line fit in here. */
const headBytes = 128;

export type ReadAt = (position: number, length: number) => Promise<Buffer>;

export const readerOf =
  (file: FileHandle): ReadAt =>
  async (position, length) => {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  };

/** The position of the first of the last `lines` lines, each with all its parts. */
export async function tailStart(
  read: ReadAt,
  size: number,
  lines: number,
  stream?: LogQuery['stream'],
): Promise<number> {
  let counted = 0;
  let lastOfAll = true;
  for await (const { head, end } of entriesFromEnd(read, size)) {
    const entry = parseLine(head);
    if (!entry || (stream && entry.stream !== stream)) continue;
    // An entry that ends a line, or the last one: a line that is not finished yet is one, too.
    if (!entry.partial || lastOfAll) counted++;
    lastOfAll = false;
    if (counted > lines) return end;
  }
  return 0;
}

/** The beginnings of all entries, the last one first, and where the next one begins. */
async function* entriesFromEnd(
  read: ReadAt,
  size: number,
): AsyncGenerator<{ head: Buffer; end: number }, void, void> {
  let following: Buffer = Buffer.alloc(0);
  let end = size;
  for (let blockEnd = size; blockEnd > 0; ) {
    const blockStart = Math.max(0, blockEnd - blockBytes);
    const block = await read(blockStart, blockEnd - blockStart);
    const text = Buffer.concat([block, following]);
    for (let at = lastNewline(block, block.length); at >= 0; at = lastNewline(block, at)) {
      const start = blockStart + at + 1;
      if (start < end) yield { head: headOf(text, at + 1), end };
      end = start;
    }
    following = text.subarray(0, headBytes);
    blockEnd = blockStart;
  }
  if (end > 0) yield { head: headOf(following, 0), end };
}

const lastNewline = (block: Buffer, before: number): number =>
  before === 0 ? -1 : block.lastIndexOf(newline, before - 1);

function headOf(text: Buffer, start: number): Buffer {
  const head = text.subarray(start, start + headBytes);
  const end = head.indexOf(newline);
  return end < 0 ? head : head.subarray(0, end);
}
