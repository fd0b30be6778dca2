import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { constants, createDeflate, createInflate, type Deflate } from 'node:zlib';
import fc from 'fast-check';
import { Decoder } from './decoder.ts';
import { dictionary } from './dictionary.ts';
import { SpdyError } from './error.ts';
import * as frames from './frames.ts';
import { format, HeaderReader, type Headers, HeaderWriter, parse } from './headers.ts';
import { SpdySession } from './session.ts';
import type { SpdyStream } from './stream.ts';

const headersOf = (own: Record<string, string>): Headers => new Map(Object.entries(own));
const someHeaders = fc
  .dictionary(fc.string(), fc.string(), { maxKeys: 8 })
  .map((own) => new Map(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value])));
/** What one end of a stateful zlib stream makes of a block. */
function deflated(deflate: Deflate, block: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const take = (piece: Buffer) => pieces.push(piece);
    deflate.on('data', take);
    deflate.write(block);
    deflate.flush(constants.Z_SYNC_FLUSH, () => {
      deflate.off('data', take);
      resolve(Buffer.concat(pieces));
    });
  });
}

describe('header blocks', () => {
  test('begin with the dictionary of the specification', () => {
    assert.equal(dictionary.length, 1423);
    let [a, b] = [1, 0];
    for (const byte of dictionary) {
      a = (a + byte) % 65521;
      b = (b + a) % 65521;
    }
    assert.equal((b * 65536 + a).toString(16), 'e3c6a7c2', 'its Adler-32');
  });

  test('come back as they were', () => {
    fc.assert(fc.property(someHeaders, (headers) => assert.deepEqual(parse(format(headers)), headers)));
  });

  test('of a peer that compresses all of them as one stream are read one by one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someHeaders, { maxLength: 20 }), async (all) => {
        const deflate = createDeflate({ dictionary, level: 9 });
        const reader = new HeaderReader();
        for (const headers of all)
          assert.deepEqual(reader.read(await deflated(deflate, format(headers))), headers);
        deflate.close();
      }),
      { numRuns: 30 },
    );
  });

  test('are read when they refer to what is far behind', async () => {
    const deflate = createDeflate({ dictionary, level: 9 });
    const reader = new HeaderReader();
    for (let i = 0; i < 1000; i++) {
      const headers = headersOf({
        streamtype: 'data',
        port: '8080',
        requestid: String(i),
        x: 'y'.repeat(i % 50),
      });
      assert.deepEqual(reader.read(await deflated(deflate, format(headers))), headers);
    }
    deflate.close();
  });

  test('that we write are one zlib stream', async () => {
    const writer = new HeaderWriter();
    const all = [{}, { a: 'b' }, {}, { streamtype: 'data' }].map(headersOf);
    const inflate = createInflate({ dictionary });
    const pieces: Buffer[] = [];
    inflate.on('data', (piece: Buffer) => pieces.push(piece));
    for (const headers of all) inflate.write(writer.write(headers));
    await new Promise<void>((resolve) => inflate.flush(() => resolve()));
    assert.deepEqual(Buffer.concat(pieces), Buffer.concat(all.map(format)));
    inflate.close();
  });

  test('that are garbage, or too large, are an error of the peer', async () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          parse(Buffer.from(bytes));
          new HeaderReader().read(Buffer.from(bytes));
        } catch (err) {
          assert.ok(err instanceof SpdyError);
        }
      }),
    );
    const bomb = await deflated(createDeflate({ dictionary }), Buffer.alloc(10_000_000));
    assert.throws(() => new HeaderReader().read(bomb), SpdyError);
    const strange = await deflated(createDeflate({}), format(headersOf({ a: 'b' })));
    assert.throws(() => new HeaderReader().read(strange), SpdyError);
  });
});

describe('frames', () => {
  const decoded = (chunks: readonly Buffer[]) => {
    const decoder = new Decoder();
    return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
  };
  /** Data in whole frames again. */
  const joined = (all: readonly frames.Frame[]) => {
    const whole: frames.Frame[] = [];
    let begun: Extract<frames.Frame, { type: 'DATA' }> | undefined;
    for (const frame of all)
      if (frame.type !== 'DATA') whole.push(frame);
      else {
        begun = begun ? { ...frame, data: Buffer.concat([begun.data, frame.data]) } : frame;
        if (frame.fin) {
          whole.push(begun);
          begun = undefined;
        }
      }
    return whole;
  };
  const id = fc.integer({ min: 1, max: 0x7fff_ffff });

  test('are read as they were written, however the bytes come in', () => {
    const made = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
      fc.record(model, { noNullPrototype: true });
    const writable = fc.oneof(
      made({ type: fc.constant('SYN_STREAM' as const), streamId: id, headers: someHeaders }),
      made({ type: fc.constant('SYN_REPLY' as const), streamId: id, headers: someHeaders }),
      made({ type: fc.constant('RST_STREAM' as const), streamId: id, status: fc.nat(20) }),
      made({ type: fc.constant('PING' as const), id }),
      made({ type: fc.constant('GOAWAY' as const), lastStreamId: id }),
      made({ type: fc.constant('DATA' as const), streamId: id, bytes: fc.uint8Array({ maxLength: 300 }) }),
    );
    fc.assert(
      fc.property(fc.array(writable, { maxLength: 12 }), fc.integer({ min: 1, max: 70 }), (all, size) => {
        const writer = new HeaderWriter();
        const expected: frames.Frame[] = [];
        const bytes = Buffer.concat(
          all.map((frame) => {
            switch (frame.type) {
              case 'SYN_STREAM':
                expected.push({ ...frame, fin: false, unidirectional: false });
                return frames.synStream(frame.streamId, frame.headers, writer);
              case 'SYN_REPLY':
                expected.push({ ...frame, fin: false });
                return frames.synReply(frame.streamId, frame.headers, writer);
              case 'RST_STREAM':
                expected.push(frame);
                return frames.rstStream(frame.streamId, frame.status);
              case 'PING':
                expected.push(frame);
                return frames.ping(frame.id);
              case 'GOAWAY':
                expected.push(frame);
                return frames.goAway(frame.lastStreamId, 0);
              case 'DATA': {
                const data = Buffer.from(frame.bytes);
                expected.push({ type: 'DATA', streamId: frame.streamId, fin: true, data });
                return frames.data(frame.streamId, data, true);
              }
            }
          }),
        );
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        assert.deepEqual(joined(decoded(chunks)), expected);
      }),
    );
  });

  test('of a kind that nobody knows, and settings, are left out', () => {
    const unknown = Buffer.from([0x80, 3, 0, 99, 0, 0, 0, 2, 1, 2]);
    const settings = Buffer.from([0x80, 3, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0]);
    assert.deepEqual(decoded([unknown, settings, frames.ping(1)]), [{ type: 'PING', id: 1 }]);
  });

  test('that are none are an error of the peer, and never anything worse', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        try {
          decoded(chunks.map((chunk) => Buffer.from(chunk)));
        } catch (err) {
          assert.ok(err instanceof SpdyError, String(err));
        }
      }),
    );
    const http = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    assert.doesNotThrow(() => decoded([http])); // a stream of a strange number
    for (const wrong of [
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0]),
      Buffer.from([0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1]),
      Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 0]),
      Buffer.from([0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff]),
    ])
      assert.throws(() => decoded([wrong]), SpdyError);
  });

  test('with much data are passed on before they are complete', () => {
    const decoder = new Decoder();
    const frame = frames.data(1, Buffer.alloc(1_000_000), true);
    const [piece] = decoder.push(frame.subarray(0, 1000));
    assert.equal(piece?.type === 'DATA' && piece.data.length, 992);
    assert.equal(piece?.type === 'DATA' && piece.fin, false);
  });
});

describe('a session', () => {
  let server: Server;
  let port: number;
  let onStream: (stream: SpdyStream) => boolean = () => true;
  let session: SpdySession;

  before(async () => {
    server = createServer((socket) => {
      const times = { lingerMs: 2_000, heartbeatMs: 50 };
      session = new SpdySession(socket, Buffer.alloc(0), (stream) => onStream(stream), times);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  /** A client that says what it is told to and keeps what it hears. */
  async function client() {
    const socket: Socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    socket.on('error', () => {});
    const writer = new HeaderWriter();
    const decoder = new Decoder();
    const heard: frames.Frame[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(...decoder.push(chunk)));
    const hears = async (is: (frame: frames.Frame) => boolean) => {
      for (;;) {
        const found = heard.find(is);
        if (found) return found;
        await once(socket, 'data', { signal: AbortSignal.timeout(20_000) });
      }
    };
    return {
      socket,
      heard,
      hears,
      open: (streamId: number, headers: Record<string, string> = {}, flags = 0) =>
        socket.write(frames.synStream(streamId, headersOf(headers), writer, flags)),
      say: (streamId: number, text: string | Buffer, fin = false) =>
        socket.write(frames.data(streamId, Buffer.from(text), fin)),
    };
  }

  const accepted = (): Promise<SpdyStream> =>
    new Promise((resolve) => {
      onStream = (stream) => {
        resolve(stream);
        return true;
      };
    });

  test('answers a stream and carries it both ways until both have ended', async () => {
    const opened = accepted();
    const { socket, hears, open, say } = await client();
    open(1, { streamtype: 'stdin' });
    const stream = await opened;
    assert.equal(stream.headers.get('streamtype'), 'stdin');
    await hears((frame) => frame.type === 'SYN_REPLY' && frame.streamId === 1);
    say(1, 'hel');
    say(1, 'lo', true);
    let text = '';
    for await (const piece of stream.iterator({ destroyOnReturn: false })) text += String(piece);
    assert.equal(text, 'hello');
    stream.end('bye');
    const data = await hears((frame) => frame.type === 'DATA' && frame.data.length > 0);
    assert.equal(data.type === 'DATA' && data.data.toString(), 'bye');
    await hears((frame) => frame.type === 'DATA' && frame.fin);
    socket.destroy();
  });

  test('answers pings', async () => {
    const { socket, hears } = await client();
    socket.write(frames.ping(7));
    await hears((frame) => frame.type === 'PING' && frame.id === 7);
    socket.destroy();
  });

  test('refuses a stream that is not wanted', async () => {
    onStream = () => false;
    const { socket, hears, open } = await client();
    open(1);
    const reset = await hears((frame) => frame.type === 'RST_STREAM');
    assert.deepEqual(reset, { type: 'RST_STREAM', streamId: 1, status: frames.resetStatus.refusedStream });
    socket.destroy();
  });

  test('refuses more streams than anybody needs', async () => {
    onStream = () => true;
    const { socket, hears, open } = await client();
    for (let i = 0; i <= 2048; i++) open(2 * i + 1);
    await hears((frame) => frame.type === 'RST_STREAM' && frame.streamId === 2 * 2048 + 1);
    socket.destroy();
  });

  test('is over, and says so, when the client breaks the rules', async () => {
    onStream = () => true;
    for (const breaks of [
      (c: Awaited<ReturnType<typeof client>>) => c.open(2),
      (c: Awaited<ReturnType<typeof client>>) => (c.open(3), c.open(1)),
      (c: Awaited<ReturnType<typeof client>>) => c.socket.write(Buffer.alloc(8)),
    ]) {
      const own = await client();
      const closed = once(own.socket, 'end', { signal: AbortSignal.timeout(20_000) });
      breaks(own);
      await own.hears((frame) => frame.type === 'GOAWAY');
      await closed;
      own.socket.destroy();
    }
  });

  test('tells a reset to the other side, whichever resets', async () => {
    let opened = accepted();
    const { socket, hears, open } = await client();
    open(1);
    (await opened).destroy();
    await hears((frame) => frame.type === 'RST_STREAM' && frame.streamId === 1);
    opened = accepted();
    open(3);
    const second = await opened;
    socket.write(frames.rstStream(3, frames.resetStatus.cancel));
    await once(second, 'close', { signal: AbortSignal.timeout(20_000) });
    socket.destroy();
  });

  test('reads no faster than its streams are read', async () => {
    const opened = accepted();
    const { socket, open, say } = await client();
    open(1);
    const stream = await opened;
    const total = 64 * 1024 * 1024;
    const chunk = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < total; sent += chunk.length) say(1, chunk, sent + chunk.length === total);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(stream.readableLength < 1024 * 1024, `${stream.readableLength} bytes are kept`);
    assert.ok(socket.writableLength > total / 2, 'the rest waits at the client');
    let length = 0;
    for await (const piece of stream) length += (piece as Buffer).length;
    assert.equal(length, total);
    socket.destroy();
  });

  test('writes no faster than the client reads', async () => {
    const opened = accepted();
    const { socket, open } = await client();
    open(1);
    const stream = await opened;
    socket.pause();
    let written = 0;
    const chunk = Buffer.alloc(256 * 1024);
    while (written < 64 * 1024 * 1024 && stream.write(chunk)) written += chunk.length;
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (stream.writableNeedDrain) continue;
      stream.write(chunk);
      written += chunk.length;
    }
    assert.ok(written < 32 * 1024 * 1024, `${written} bytes were taken`);
    socket.destroy();
  });

  test('ends its streams when the client is gone', async () => {
    const opened = accepted();
    const { socket, open } = await client();
    open(1);
    const stream = await opened;
    socket.resetAndDestroy();
    await once(stream, 'close', { signal: AbortSignal.timeout(20_000) });
    if (!session.gone.aborted) await once(session.gone, 'abort', { signal: AbortSignal.timeout(20_000) });
  });

  test('notices that the client is gone also while its input is held back', async () => {
    const opened = accepted();
    const { socket, open, say } = await client();
    open(1);
    const stream = await opened;
    say(1, Buffer.alloc(8 * 1024 * 1024));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await once(stream, 'close', { signal: AbortSignal.timeout(20_000) });
  });

  test('that is closed delivers what was written, however much the client still says', async () => {
    const opened = accepted();
    const { socket, open, say, heard, hears } = await client();
    open(1);
    const stream = await opened;
    const chatter = setInterval(() => say(1, Buffer.alloc(100_000)), 1);
    stream.end(Buffer.alloc(3_000_000));
    await once(stream, 'finish');
    session.close();
    await hears((frame) => frame.type === 'GOAWAY');
    clearInterval(chatter);
    const length = heard.reduce((sum, frame) => sum + (frame.type === 'DATA' ? frame.data.length : 0), 0);
    assert.equal(length, 3_000_000);
    socket.end();
    await once(socket, 'close', { signal: AbortSignal.timeout(20_000) });
    if (!session.gone.aborted) await once(session.gone, 'abort', { signal: AbortSignal.timeout(20_000) });
  });

  test('that is closed waits for the client to hang up, but not for ever', async () => {
    const opened = accepted();
    const { socket, open, hears } = await client();
    open(1);
    await opened;
    session.close();
    await hears((frame) => frame.type === 'GOAWAY');
    assert.equal(session.gone.aborted, false);
    await once(socket, 'close', { signal: AbortSignal.timeout(20_000) });
    if (!session.gone.aborted) await once(session.gone, 'abort', { signal: AbortSignal.timeout(20_000) });
  });
});
