/** A person at a terminal: types, and waits to see something. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { eventually } from './eventually.ts';
import { spawnInTerminal } from './pty.ts';

export interface Screen extends AsyncDisposable {
  type(keys: string): void;
  /** Resolves with what matched, in all that was printed since the last time. */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
  resize(columns: number, rows: number): void;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

const withinMs = 30_000;

export function screen(
  argv: readonly string[],
  options: { env?: NodeJS.ProcessEnv; columns?: number; rows?: number } = {},
): Screen {
  const { child, stream, resize } = spawnInTerminal(argv, options);
  let printed = '';
  stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    type: (keys) => void stream.write(keys),
    sees: (pattern) =>
      eventually(() => {
        const found = pattern.exec(printed);
        assert.ok(found, `${pattern} is not in ${JSON.stringify(printed.slice(-2000))}`);
        printed = printed.slice(found.index + found[0].length);
        return found;
      }, withinMs),
    resize,
    ended,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
      stream.destroy();
    },
  };
}
