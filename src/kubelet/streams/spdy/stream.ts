/** One stream of a session, which the client has opened. */
import { Duplex } from 'node:stream';
import type { Headers } from './headers.ts';

/** What a stream needs of its session. */
export interface Wire {
  sendData(streamId: number, bytes: Uint8Array, fin: boolean, done: (err?: Error | null) => void): void;
  /** The stream is over; `reset` tells the client, if it does not know. */
  release(streamId: number, reset: boolean): void;
}

/** So much is taken from the connection for a stream that is not read. */
const bufferedBytes = 256 * 1024;
/** Long writes are cut, so that other streams get their turn. */
const mostFrameBytes = 64 * 1024;

export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  readonly #wire: Wire;
  #wanted: PromiseWithResolvers<void> | undefined;
  #resetByClient = false;

  constructor(id: number, headers: Headers, wire: Wire) {
    super({ allowHalfOpen: true, readableHighWaterMark: bufferedBytes });
    this.id = id;
    this.headers = headers;
    this.#wire = wire;
    // A stream that breaks closes; whoever wants to know why listens.
    this.on('error', () => {});
  }

  /** Data from the client. Resolves when there is room for more; nothing when there is already. */
  receive(data: Buffer): Promise<void> | undefined {
    if (this.destroyed || this.readableEnded || this.push(data)) return undefined;
    this.#wanted ??= Promise.withResolvers<void>();
    return this.#wanted.promise;
  }

  receiveEnd(): void {
    if (!this.destroyed) this.push(null);
  }

  receiveReset(): void {
    this.#resetByClient = true;
    this.destroy();
  }

  override _read(): void {
    this.#wanted?.resolve();
    this.#wanted = undefined;
  }

  override _write(chunk: Buffer, _encoding: string, done: (err?: Error | null) => void): void {
    const send = (from: number): void => {
      const to = Math.min(chunk.length, from + mostFrameBytes);
      const next = (err?: Error | null) => (err || to >= chunk.length ? done(err) : send(to));
      this.#wire.sendData(this.id, chunk.subarray(from, to), false, next);
    };
    send(0);
  }

  override _final(done: (err?: Error | null) => void): void {
    this.#wire.sendData(this.id, new Uint8Array(), true, done);
  }

  override _destroy(err: Error | null, done: (err?: Error | null) => void): void {
    this.#wanted?.resolve();
    const complete = this.readableEnded && this.writableFinished;
    this.#wire.release(this.id, !complete && !this.#resetByClient);
    done(err);
  }
}
