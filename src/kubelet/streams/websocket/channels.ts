/** Channels of one WebSocket as streams. */
import { Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { decodeMessage, encodeMessage, type Message } from './message.ts';

/** A client hears nothing from us as long as we do not read its pings. */
const heartbeatMs = 1_000;

export class Channels {
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
  readonly #socket: WebSocket;
  readonly #base64: boolean;
  readonly #inputs = new Map<number, Readable>();
  readonly #full = new Set<number>();
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, base64: boolean, onMessage: (message: Message) => void) {
    this.#socket = socket;
    this.#base64 = base64;
    const gone = new AbortController();
    this.gone = gone.signal;
    socket.on('message', (data) => {
      const message = decodeMessage(data as Buffer, base64);
      if (message) onMessage(message);
    });
    socket.on('close', () => {
      clearInterval(this.#heartbeat);
      for (const input of this.#inputs.values()) input.destroy();
      gone.abort();
    });
  }

  /** What is written comes in messages; its end is told to nobody. */
  output(channel: number): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => this.#send(channel, chunk, done),
    }).on('error', () => {});
  }

  /** What {@link receive} gives it. */
  input(channel: number): Readable {
    const input = new Readable({ read: () => this.#goOn(channel) }).on('error', () => {});
    this.#inputs.set(channel, input);
    return input.once('close', () => this.#goOn(channel));
  }

  /** Nothing more is read from the client until there is room again. */
  receive({ channel, data }: Message): void {
    const input = this.#inputs.get(channel);
    if (!input || input.destroyed || data.length === 0 || input.push(data)) return;
    this.#full.add(channel);
    this.#socket.pause();
    // RFC 6455, section 5.5.3: a pong that nobody asked for tells that we are still here.
    this.#heartbeat ??= setInterval(() => this.#socket.pong(), heartbeatMs);
  }

  receiveEnd(channel: number): void {
    const input = this.#inputs.get(channel);
    if (input && !input.destroyed) input.push(null);
  }

  /** Opens the conversation: an empty message tells the client that somebody listens. */
  greet(channel: number): void {
    this.#send(channel, Buffer.alloc(0), () => {});
  }

  /** Everything that was written is sent before. */
  close(): void {
    this.#socket.resume();
    this.#socket.close(1000);
  }

  #goOn(channel: number): void {
    if (!this.#full.delete(channel) || this.#full.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#socket.resume();
  }

  #send(channel: number, data: Buffer, done: (err?: Error | null) => void): void {
    this.#socket.send(encodeMessage(channel, data, this.#base64), { binary: !this.#base64 }, done);
  }
}
