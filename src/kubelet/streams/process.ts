/** Joins a process in a container with its client, until one of them ends. */
import type { Readable, Writable } from 'node:stream';
import type { Session } from '../contract.ts';
import type { Outcome } from './outcome.ts';
import type { Remote } from './remote.ts';

/** Resolves when the client was told how it ended, or is gone. */
export async function serveProcess(
  open: () => Promise<Session>,
  remote: Remote,
  outcomeOf: (exitCode: number) => Outcome = (exitCode) => ({ exitCode }),
): Promise<void> {
  try {
    await remote.finish(outcomeOf(await joined(await open(), remote)));
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    await remote.finish({ error: `error executing command in container: ${reason}` });
  }
}

async function joined(session: Session, remote: Remote): Promise<number> {
  const close = () => session.close();
  if (remote.gone.aborted) close();
  remote.gone.addEventListener('abort', close, { once: true });
  remote.onResize(({ columns, rows }) => session.resize(columns, rows));
  if (session.stdin) input(remote.stdin, session.stdin);
  const outputs = [output(session.stdout, remote.stdout), output(session.stderr, remote.stderr)];
  try {
    const exitCode = await session.exit;
    await Promise.all(outputs);
    return exitCode;
  } finally {
    remote.gone.removeEventListener('abort', close);
  }
}

/** What the process does not read any more, the client need not send. */
function input(from: Readable | undefined, to: Writable): void {
  if (!from) return void to.end();
  to.on('error', () => {});
  to.once('close', () => from.resume());
  from.pipe(to);
}

/** Resolves when all is written, or nobody is there to read it. Never stops the process for that. */
function output(from: Readable | undefined, to: Writable | undefined): Promise<void> {
  if (!from || from.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => resolve();
    from.once('error', done).once('close', done).once('end', done);
    if (!to || to.destroyed) return void from.resume();
    to.once('close', () => from.resume());
    from.pipe(to, { end: false });
  });
}
