/** The client's side of exec and attach, whatever it speaks. */
import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { Outcome } from './outcome.ts';
import { Refusal } from './refusal.ts';
import type { TerminalSize } from './terminal.ts';

export interface Remote {
  /** Ends when the client has no more input. */
  stdin?: Readable;
  stdout?: Writable;
  stderr?: Writable;
  onResize(listener: (size: TerminalSize) => void): void;
  /** After everything else was written; the connection ends with it. */
  finish(outcome: Outcome): Promise<void>;
  readonly gone: AbortSignal;
}

/** Which streams the client wants. */
export interface Wanted {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** The kubelet's own names of them: `?command=ls&output=1&error=1`. */
export function wantedOf(query: URLSearchParams): Wanted {
  const flag = (name: string) => /^(1|true)$/.test(query.get(name) ?? '');
  const tty = flag('tty');
  // A terminal has one output.
  const wanted = { stdin: flag('input'), stdout: flag('output'), stderr: flag('error') && !tty, tty };
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr)
    throw new Refusal(400, 'you must specify at least 1 of stdin, stdout, stderr');
  return wanted;
}

/** Node's `upgrade` event. */
export interface Upgrading {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/** What a client can be joined with. */
export interface Served {
  wanted: Wanted;
  serve: (remote: Remote) => Promise<void>;
}
