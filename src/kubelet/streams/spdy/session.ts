/**
 * The server's side of a SPDY/3.1 session, over any duplex: a TLS socket, or a WebSocket that carries one.
 *
 * Windows are not kept: all clients of Kubernetes use moby/spdystream, which neither heeds nor opens them,
 * and would wait for ever for one that is opened. What is not read is left in the connection instead.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { Decoder } from './decoder.ts';
import { SpdyError } from './error.ts';
import * as frames from './frames.ts';
import { HeaderWriter } from './headers.ts';
import { SpdyStream, type Wire } from './stream.ts';

const mostStreams = 2048;
/** Answers to pings and resets that the client does not read, before it has to. */
const mostUnreadBytes = 1 << 20;
const heartbeatId = 2;

export interface Times {
  /** For the client to read the rest and hang up. */
  lingerMs: number;
  /** A connection that is not read does not tell that its client is gone, unless something is sent. */
  heartbeatMs: number;
}

const usual: Times = { lingerMs: 5_000, heartbeatMs: 1_000 };

/** Whether the stream is wanted; asked before it is answered, so nothing may be written at once. */
export type OnStream = (stream: SpdyStream) => boolean;

export class SpdySession {
  /** Aborted when the connection is gone, by whose will ever. */
  readonly gone: AbortSignal;
  readonly #connection: Duplex;
  readonly #onStream: OnStream;
  readonly #decoder = new Decoder();
  readonly #headers = new HeaderWriter();
  readonly #streams = new Map<number, SpdyStream>();
  readonly #wire: Wire;
  readonly #times: Times;
  #lastStreamId = 0;
  #closing = false;

  constructor(connection: Duplex, head: Buffer, onStream: OnStream, times: Times = usual) {
    this.#connection = connection;
    this.#times = times;
    this.#onStream = onStream;
    this.#wire = {
      sendData: (id, bytes, fin, done) => this.#send(frames.data(id, bytes, fin), done),
      release: (id, reset) => this.#release(id, reset),
    };
    const gone = new AbortController();
    this.gone = gone.signal;
    connection.on('error', () => {});
    connection.once('close', () => {
      for (const stream of this.#streams.values()) stream.destroy();
      gone.abort();
    });
    void this.#run(head);
  }

  /**
   * Tells the client that this is all. It hangs up first, when it has read everything: a connection that is
   * closed while something on it is unread loses what is still on its way.
   */
  close(): void {
    if (this.#closing) return;
    for (const stream of this.#streams.values()) stream.unpipe().resume();
    this.#goAway(frames.goAwayStatus.ok);
  }

  async #run(head: Buffer): Promise<void> {
    const chunks: AsyncIterable<Buffer> = this.#connection.iterator({ destroyOnReturn: false });
    try {
      await this.#take(head);
      for await (const chunk of chunks) await this.#take(chunk);
      this.#connection.destroy();
    } catch (err) {
      if (!(err instanceof SpdyError)) return void this.#connection.destroy();
      this.#goAway(frames.goAwayStatus.protocolError);
      this.#connection.resume().end();
    }
  }

  async #take(chunk: Buffer): Promise<void> {
    for (const frame of this.#decoder.push(chunk)) {
      const room = this.#handle(frame);
      if (room) await this.#hold(room);
    }
    if (this.#connection.writableLength > mostUnreadBytes)
      await once(this.#connection, 'drain', { signal: this.gone });
  }

  async #hold(room: Promise<void>): Promise<void> {
    const heartbeat = setInterval(() => this.#send(frames.ping(heartbeatId)), this.#times.heartbeatMs);
    await room;
    clearInterval(heartbeat);
  }

  /** Resolves when there is room for more; nothing when there is already. */
  #handle(frame: frames.Frame): Promise<void> | undefined {
    const stream = 'streamId' in frame ? this.#streams.get(frame.streamId) : undefined;
    switch (frame.type) {
      case 'SYN_STREAM':
        this.#open(frame);
        break;
      case 'DATA': {
        const room = frame.data.length > 0 ? stream?.receive(frame.data) : undefined;
        if (frame.fin) stream?.receiveEnd();
        return room;
      }
      case 'RST_STREAM':
        stream?.receiveReset();
        break;
      case 'SYN_REPLY':
      case 'HEADERS':
        if (frame.fin) stream?.receiveEnd();
        break;
      case 'PING':
        if (frame.id !== heartbeatId) this.#send(frames.ping(frame.id));
        break;
      case 'GOAWAY':
      case 'WINDOW_UPDATE':
        break;
    }
    return undefined;
  }

  #open({ streamId, fin, unidirectional, headers }: Extract<frames.Frame, { type: 'SYN_STREAM' }>): void {
    if (streamId % 2 === 0 || streamId <= this.#lastStreamId)
      throw new SpdyError(`Cannot open stream ${streamId}: a client's streams have odd and rising numbers`);
    this.#lastStreamId = streamId;
    const stream = new SpdyStream(streamId, headers, this.#wire);
    const room = !this.#closing && !unidirectional && this.#streams.size < mostStreams;
    if (!room || !this.#onStream(stream)) {
      this.#send(frames.rstStream(streamId, frames.resetStatus.refusedStream));
      return;
    }
    this.#streams.set(streamId, stream);
    this.#send(frames.synReply(streamId, new Map(), this.#headers));
    if (fin) stream.receiveEnd();
  }

  #release(streamId: number, reset: boolean): void {
    if (this.#streams.delete(streamId) && reset)
      this.#send(frames.rstStream(streamId, frames.resetStatus.cancel));
  }

  #goAway(status: number): void {
    this.#closing = true;
    this.#send(frames.goAway(this.#lastStreamId, status));
    setTimeout(() => this.#connection.destroy(), this.#times.lingerMs).unref();
  }

  #send(frame: Buffer, done?: (err?: Error | null) => void): void {
    if (this.#connection.writable) this.#connection.write(frame, done);
    else done?.(new Error('the connection is closed'));
  }
}
