/** The text of a log, as it was asked for, in pieces as they are wanted. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Lines } from './lines.ts';
import type { Live } from './live.ts';
import { Printer } from './print.ts';
import type { LogQuery } from './query.ts';
import { readerOf, tailStart } from './tail.ts';

const chunkBytes = 64 * 1024;

/** Goes on as long as `live` does; without it, until the end of the file. The file is closed in the end. */
export async function* logText(
  first: FileHandle,
  path: string,
  query: LogQuery,
  live?: Pick<Live, 'over' | 'changed'>,
): AsyncGenerator<Buffer, void, void> {
  let file = first;
  try {
    const printer = new Printer(query);
    let lines = new Lines();
    let position = await startOf(file, query);
    for (;;) {
      // Looked at before reading, so that what is read then is all there is to read.
      const complete = live?.over ?? true;
      const changed = live?.changed;
      const rotated = live !== undefined && (await isReplaced(file, path));
      if ((await file.stat()).size < position) {
        // Emptied in place: it begins anew.
        lines = new Lines();
        position = 0;
      }
      for await (const chunk of chunksFrom(file, position)) {
        position += chunk.length;
        const text = printer.print(lines.push(chunk));
        if (text.length > 0) yield text;
        if (printer.full) return;
      }
      if (rotated) {
        await file.close();
        file = await open(path);
        lines = new Lines();
        position = 0;
      } else if (complete) return;
      else await changed;
    }
  } finally {
    await file.close();
  }
}

async function startOf(file: FileHandle, { tailLines, stream }: LogQuery): Promise<number> {
  if (tailLines === undefined) return 0;
  const { size } = await file.stat();
  return tailLines === 0 ? size : tailStart(readerOf(file), size, tailLines, stream);
}

/** What is there now, from a position on. */
async function* chunksFrom(file: FileHandle, start: number): AsyncGenerator<Buffer, void, void> {
  const read = readerOf(file);
  const { size } = await file.stat();
  for (let position = start; position < size; ) {
    const chunk = await read(position, Math.min(chunkBytes, size - position));
    if (chunk.length === 0) return;
    position += chunk.length;
    yield chunk;
  }
}

/** After a rotation the log goes on in a new file under the old name. */
async function isReplaced(file: FileHandle, path: string): Promise<boolean> {
  const [here, there] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return there !== undefined && there.ino !== here.ino;
}
