import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ReferenceIndex } from './index.ts';
import type { ImageRecord } from './record.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'refs-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const record = (reference: string, id = 'sha256:1'): ImageRecord => ({
  reference,
  id,
  sizeBytes: 1,
  pinned: false,
  anyTag: false,
  config: { Cmd: ['sh'] },
});

test('what one process wrote another sees at once', async () => {
  const [writer, reader] = [new ReferenceIndex(dir), new ReferenceIndex(dir)];
  for (let id = 1; id <= 20; id++) {
    await writer.put(record('localhost/app:v1', `sha256:${id}`));
    assert.equal((await reader.records()).get('localhost/app:v1')?.id, `sha256:${id}`);
  }
  await writer.delete('localhost/app:v1');
  assert.equal((await reader.records()).size, 0);
});

test('nothing is read again while nothing changed', async () => {
  const index = new ReferenceIndex(dir);
  await index.put(record('localhost/app:v1'));
  utimesSync(dir, new Date(0), new Date(0));
  const first = await index.records();
  assert.equal(await index.records(), first);
});

test('a directory that is not there yet holds no images', async () =>
  assert.equal((await new ReferenceIndex(join(dir, 'none')).records()).size, 0));

test('a half-written file of a killed process is not read', async () => {
  writeFileSync(join(dir, '.draft'), '{"refer');
  assert.equal((await new ReferenceIndex(dir).records()).size, 0);
});
