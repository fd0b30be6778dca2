/** `node responder.ts NETNS PORT`: answers requests, or takes whatever comes, as each connection's first byte says. */
import { closeSync } from 'node:fs';
import { koffi } from '../../src/lib/linux/libc.ts';
import { type Listener, listenIn, receive, receiveAll, send } from './sockets.ts';

export const modes = { requests: 1, stream: 2 } as const;
/** Bytes; the request's first is the mode. */
export const requestLength = 128;
const answer = Buffer.alloc(1_024, 'a');
export const answerLength = answer.length;
const piece = Buffer.alloc(256 * 1024);

function respond(fd: number): void {
  const request = Buffer.alloc(requestLength);
  while (receiveAll(fd, request)) {
    if (request[0] === modes.stream) while (receive(fd, piece) > 0);
    else send(fd, answer);
  }
}

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

function serve(listener: Listener): never {
  for (;;) {
    const fd = listener.accept();
    if (fd === undefined) continue;
    try {
      respond(fd);
    } catch {
      // The client is gone.
    } finally {
      closeSync(fd);
    }
  }
}

const [, program, netns, port] = process.argv;
if (import.meta.filename === program && netns) {
  // It waits in the kernel and would not notice that nobody wants it any more.
  koffi().load('libc.so.6').func('int prctl(int option, ulong value)')(PR_SET_PDEATHSIG, SIGKILL);
  const listener = listenIn(netns, Number(port), true);
  process.send?.('ready', () => serve(listener));
}
