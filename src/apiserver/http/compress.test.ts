import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { acceptsGzip, gzipped } from './compress.ts';

test('gzip goes to who names it', () => {
  for (const header of ['gzip', 'deflate, gzip', 'gzip;q=0.5, br', 'GZIP'])
    assert.equal(acceptsGzip(header), true);
  for (const header of [undefined, '', 'br', 'gzip;q=0', 'x-gzip']) assert.equal(acceptsGzip(header), false);
});

describe('parts as gzip', () => {
  test('are the whole again', async () => {
    const parts = Array.from({ length: 50 }, (_, i) => Buffer.from(`${i} ${'x'.repeat(10_000)}`));
    const packed = await buffer(gzipped(parts));
    assert.ok(packed.length < 50_000);
    assert.deepEqual(gunzipSync(packed), Buffer.concat(parts));
  });

  test('that fail in the middle end in a failure', async () => {
    const parts = (function* () {
      yield Buffer.from('a');
      throw new Error('no more');
    })();
    await assert.rejects(buffer(gzipped(parts)), /no more/);
  });

  test('are made no more when nobody reads them any longer', async () => {
    let made = 0;
    let ended = false;
    const parts = (async function* () {
      try {
        for (; made < 100_000; made++) yield Buffer.from(String(Math.random()).repeat(1000));
      } finally {
        ended = true;
      }
    })();
    for await (const part of gzipped(parts)) if (part.length > 0) break;
    while (!ended) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(made < 1000, `${made} parts were made`);
  });
});
