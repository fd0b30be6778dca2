/** A file of lines that does not grow for ever: full ones are kept under a number, and the oldest goes. */
import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { logger } from '../../lib/log.ts';

export interface LogLimits {
  /** Of one file. */
  bytes: number;
  /** Full ones, beside the one that is written. */
  files: number;
}

export interface LineLog {
  /** Never waits. */
  write(line: string): void;
  /** Resolves when everything is in the file. */
  flushed(): Promise<void>;
}

const usual: LogLimits = { bytes: 10 * 1024 * 1024, files: 5 };
const log = logger('audit');

/** Lines that come together are written together. */
export function lineLog(file: string, limits: LogLimits = usual): LineLog {
  let waiting: string[] = [];
  let working: Promise<void> | undefined;
  let bytes: number | undefined;

  async function work(): Promise<void> {
    await Promise.resolve();
    while (waiting.length > 0) {
      const text = `${waiting.join('\n')}\n`;
      waiting = [];
      try {
        await append(text);
      } catch (err) {
        log.error({ err: String(err), file }, 'the audit log cannot be written');
      }
    }
    working = undefined;
  }

  async function append(text: string): Promise<void> {
    if (bytes === undefined) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      bytes = (await stat(file).catch(() => undefined))?.size ?? 0;
    }
    if (bytes > 0 && bytes + text.length > limits.bytes) {
      await rotate(file, limits.files);
      bytes = 0;
    }
    await appendFile(file, text, { mode: 0o600 });
    bytes += Buffer.byteLength(text);
  }

  return {
    write(line) {
      waiting.push(line);
      working ??= work();
    },
    flushed: async () => working,
  };
}

async function rotate(file: string, count: number): Promise<void> {
  await rm(`${file}.${count}`, { force: true });
  for (let i = count - 1; i >= 1; i--) await rename(`${file}.${i}`, `${file}.${i + 1}`).catch(unlessMissing);
  await rename(file, `${file}.1`);
}

function unlessMissing(err: unknown): void {
  if ((err as NodeJS.ErrnoException).code !== 'ENOENT') throw err;
}
