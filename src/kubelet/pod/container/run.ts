/** Runs a command in a container to its end, for probes and hooks. */
import type { Readable } from 'node:stream';
import type { ContainerRuntime } from '../../contract.ts';

/** As much as an event or a probe's message may say. */
const mostBytes = 10_240;

/** Rejects when it takes too long; the command is killed then. */
export async function runIn(
  runtime: ContainerRuntime,
  id: string,
  argv: readonly string[],
  timeoutMs: number,
): Promise<{ code: number; output: string }> {
  const session = await runtime.exec(id, [...argv], { tty: false, stdin: false });
  let output = '';
  const collect = (stream: Readable | undefined) =>
    stream?.on('data', (chunk: Buffer) => {
      if (output.length < mostBytes) output += chunk.toString().slice(0, mostBytes - output.length);
    });
  collect(session.stdout);
  collect(session.stderr);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      session.close();
      reject(new Error(`command timed out: "${argv.join(' ')}" timed out after ${timeoutMs / 1000}s`));
    }, timeoutMs);
  });
  try {
    const code = await Promise.race([session.exit, late]);
    return { code, output };
  } finally {
    clearTimeout(timer);
  }
}
