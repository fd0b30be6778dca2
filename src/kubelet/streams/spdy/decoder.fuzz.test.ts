/** Whatever a peer sends, the decoder gives frames or a SpdyError, and never holds more than a control frame. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Decoder } from './decoder.ts';
import { SpdyError } from './error.ts';
import * as frames from './frames.ts';
import { HeaderWriter } from './headers.ts';

interface Heard {
  frames: frames.Frame[];
  /** The peer spoke no SPDY. */
  broken: boolean;
}

function decoded(chunks: readonly Buffer[]): Heard {
  const decoder = new Decoder();
  const heard: frames.Frame[] = [];
  try {
    for (const chunk of chunks) for (const frame of decoder.push(chunk)) heard.push(frame);
  } catch (err) {
    assert.ok(err instanceof SpdyError, String(err));
    return { frames: heard, broken: true };
  }
  return { frames: heard, broken: false };
}

/** Frames without the borders at which their data came. */
function told({ frames: all, broken }: Heard): string {
  const lines: string[] = [];
  const open = new Map<number, string>();
  for (const frame of all) {
    if (frame.type !== 'DATA') {
      lines.push(JSON.stringify({ ...frame, ...('headers' in frame && { headers: [...frame.headers] }) }));
      continue;
    }
    const text = (open.get(frame.streamId) ?? '') + frame.data.toString('hex');
    open.set(frame.streamId, text);
    if (frame.fin) lines.push(`end of ${frame.streamId}`);
  }
  return [...lines, ...[...open].map(([id, text]) => `${id}: ${text}`), broken ? 'broken' : ''].join('\n');
}

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
const ids = fc.integer({ min: 1, max: 9 });
const header = fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 4 });

/** What a peer could say, with all its headers in one zlib stream. */
const conversation = fc
  .array(
    fc.oneof(
      fc.record({ kind: fc.constant('syn' as const), id: ids, header }),
      fc.record({ kind: fc.constant('data' as const), id: ids, bytes, fin: fc.boolean() }),
      fc.record({ kind: fc.constant('ping' as const), id: ids }),
      fc.record({ kind: fc.constant('reset' as const), id: ids }),
    ),
    { maxLength: 12 },
  )
  .map((all) => {
    const writer = new HeaderWriter();
    return Buffer.concat(
      all.map((said) => {
        if (said.kind === 'syn')
          return frames.synStream(said.id, new Map(Object.entries(said.header)), writer);
        if (said.kind === 'data') return frames.data(said.id, said.bytes, said.fin);
        return said.kind === 'ping' ? frames.ping(said.id) : frames.rstStream(said.id, 1);
      }),
    );
  });

const cuts = fc.array(fc.nat({ max: 600 }), { maxLength: 8 });

function cut(whole: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => whole.subarray(at[i], end));
}

describe('frames', () => {
  test('are the same wherever the bytes are cut', () => {
    fc.assert(
      fc.property(conversation, cuts, (whole, places) => {
        const once = decoded([whole]);
        assert.equal(once.broken, false);
        assert.equal(told(decoded(cut(whole, places))), told(once));
      }),
      { numRuns: 300 },
    );
  });

  test('of bytes that mean nothing are refused or passed over', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (chunks) => void decoded(chunks)),
      { numRuns: 1000 },
    );
  });

  test('with a byte that was changed are refused or read, the same wherever they are cut', () => {
    fc.assert(
      fc.property(conversation, fc.nat(), fc.nat({ max: 255 }), cuts, (whole, place, value, places) => {
        if (whole.length === 0) return;
        const changed = Buffer.from(whole);
        changed[place % whole.length] = value;
        assert.equal(told(decoded(cut(changed, places))), told(decoded([changed])));
      }),
      { numRuns: 500 },
    );
  });

  test('of any length are given on as they come: nothing of their data is kept', () => {
    const head = frames.data(1, Buffer.alloc(0), false);
    head.writeUIntBE(0xff_ffff, 5, 3);
    const decoder = new Decoder();
    let passed = [...decoder.push(head)].length;
    for (let sent = 0; sent < 64; sent++)
      for (const frame of decoder.push(Buffer.alloc(64 * 1024)))
        if (frame.type === 'DATA') passed += frame.data.length;
    assert.equal(passed, 64 * 64 * 1024);
  });

  test('of control that say they are long are refused before they come', () => {
    const head = frames.ping(1).subarray(0, frames.headBytes);
    head.writeUIntBE(64 * 1024 + 1, 5, 3);
    assert.equal(decoded([head]).broken, true);
  });
});
