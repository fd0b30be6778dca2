/** The API server in its own process, and connections to it over loopback TLS. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { join } from 'node:path';
import type { Order, Ready, Told } from './server.ts';

/** As Go's client has them, which kubectl and controllers are built with. */
const streamWindowBytes = 4 << 20;
const connectionWindowBytes = 1 << 30;

export class Target implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #ready: Ready;
  readonly #host: string;
  readonly #sessions: ClientHttp2Session[] = [];

  /** On the loopback, or on an address of the network namespace that the file `netns` holds open. */
  static async start(host = '127.0.0.1', netns?: string): Promise<Target> {
    const command = [process.execPath, join(import.meta.dirname, 'server.ts'), host];
    const [program = '', ...args] = netns ? ['nsenter', `--net=${netns}`, ...command] : command;
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [ready] = (await once(child, 'message')) as [Ready];
    return new Target(child, ready, host);
  }

  private constructor(child: ChildProcess, ready: Ready, host: string) {
    this.#process = child;
    this.#ready = ready;
    this.#host = host;
  }

  get tls() {
    const { port, ca, cert, key } = this.#ready;
    return { host: this.#host, port, ca, cert, key };
  }

  /** A connection of its own, as each client has one. */
  async session(): Promise<ClientHttp2Session> {
    const { port, ca, cert, key } = this.#ready;
    const settings = { initialWindowSize: streamWindowBytes };
    const session = connect(`https://127.0.0.1:${port}`, { ca, cert, key, settings });
    this.#sessions.push(session);
    await once(session, 'connect');
    session.setLocalWindowSize(connectionWindowBytes);
    return session;
  }

  /** With pods. */
  async fill(count: number): Promise<void> {
    await this.#order({ fill: count });
  }

  /** With Services and an EndpointSlice each. */
  async fillServices(count: number): Promise<void> {
    await this.#order({ fillServices: count });
  }

  /** What it was like for the server while `work` was done. */
  async during<T>(work: () => Promise<T>): Promise<{ result: T; told: Told }> {
    await this.#order({ begin: true });
    const result = await work();
    return { result, told: (await this.#order({ tell: true })) as Told };
  }

  async #order(order: Order): Promise<unknown> {
    this.#process.send(order);
    const [told] = (await once(this.#process, 'message')) as [unknown];
    return told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    const ended = once(this.#process, 'exit');
    this.#process.send({ end: true } satisfies Order);
    await ended;
  }
}

/** Sends a request and reads its answer to the last byte. Rejects when it is an error. */
export async function roundTrip(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string | Buffer,
): Promise<number> {
  const stream: ClientHttp2Stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let code = 0;
  let bytes = 0;
  stream.once('response', (head) => (code = Number(head[':status'])));
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    stream.once('end', resolve);
    stream.once('error', reject);
  });
  if (code >= 400) throw new Error(`Cannot measure: the server answered ${code}`);
  return bytes;
}
