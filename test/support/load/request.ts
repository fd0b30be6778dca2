/** One HTTP/1.1 request over a connection of its own, from an address inside a network namespace. */
import { Socket } from 'node:net';
import { familyOf } from '../../../src/lib/ip.ts';
import { socketIn } from '../../../src/lib/linux/sockets.ts';

export interface Request {
  netns: string;
  from: { address: string; port: number };
  to: { address: string; port: number };
}

/** Nothing that is served here needs as long; a lost first packet is sent again after a second, and then after two more. */
const timeoutMs = 5_000;

/** Resolves with what was wrong; with nothing when a whole answer came and it was 200. */
export function request(options: Request): Promise<string | undefined> {
  return new Promise((resolve) => {
    let socket: Socket;
    try {
      socket = open(options);
    } catch (err) {
      return resolve(err instanceof Error ? err.message : String(err));
    }
    const chunks: Buffer[] = [];
    const done = (failure: string | undefined) => {
      clearTimeout(late);
      socket.destroy();
      resolve(failure);
    };
    const late = setTimeout(() => done(`no answer in ${timeoutMs} ms (${socket.readyState})`), timeoutMs);
    socket.on('error', (err: NodeJS.ErrnoException) =>
      done(`${err.code ?? err.message} (${chunks.length > 0 ? 'cut' : (err.syscall ?? 'unknown')})`),
    );
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => done(faultOf(Buffer.concat(chunks).toString('latin1'))));
    const { address, port } = options.to;
    socket.connect({ host: address, port });
    socket.write(`GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n`);
  });
}

function open({ netns, from }: Request): Socket {
  const fd = socketIn(netns, { type: 'tcp', family: familyOf(from.address), bind: from });
  return new Socket({ fd, readable: true, writable: true, manualStart: true } as object);
}

/** What is wrong with an answer after which the server closed. */
export function faultOf(answer: string): string | undefined {
  if (answer === '') return 'closed without an answer';
  const end = answer.indexOf('\r\n\r\n');
  const [status = ''] = answer.split('\r\n', 1);
  if (!/^HTTP\/1\.[01] 200 /.test(status)) return `answered ${status.slice(0, 60)}`;
  if (end < 0) return 'cut within its head';
  const length = /^content-length: *(\d+)/im.exec(answer.slice(0, end))?.[1];
  const got = answer.length - end - 4;
  return length !== undefined && got !== Number(length) ? `cut after ${got} of ${length} bytes` : undefined;
}
