import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { FakeClock } from '../../lib/clock.ts';
import type { ContainerRecord } from '../contract.ts';
import { recordOf } from '../testing/pod.ts';
import { removeLog, rotateLogs } from './rotate.ts';
import { rotatedLogs, rotatedName, tidied } from './rules.ts';

let directory: string;
let record: ContainerRecord;
let clock: FakeClock;
const limits = { maxBytes: 10, maxFiles: 3 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sb-logs-'));
  record = recordOf('main', { logPath: join(directory, '0.log') });
  clock = new FakeClock();
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Does what conmon does. */
const runtime = {
  list: async () => [record],
  reopenLog: async () => writeFileSync(record.logPath, ''),
};
const rotate = () => rotateLogs({ runtime, limits, clock });
const write = (text: string) => writeFileSync(record.logPath, text);
const files = () => readdirSync(directory).toSorted();

test('a log that is set aside is named by the time', () => {
  assert.equal(rotatedName('/logs/0.log', Date.UTC(2026, 0, 2, 15, 4, 5)), '/logs/0.log.20260102-150405');
});

test('what was set aside is known from other files', () => {
  const names = [
    '0.log',
    '0.log.20260102-150406',
    '0.log.20260102-150405.gz',
    '0.log.tmp',
    '10.log.20260102-150405',
  ];
  assert.deepEqual(rotatedLogs(names, '/logs/0.log'), ['0.log.20260102-150405.gz', '0.log.20260102-150406']);
});

test('the oldest go, and others are packed once', () => {
  assert.deepEqual(tidied(['a', 'b.gz', 'c', 'd'], { maxBytes: 1, maxFiles: 5 }), {
    remove: ['a'],
    pack: ['c', 'd'],
  });
  assert.deepEqual(tidied([], limits), { remove: [], pack: [] });
});

describe('a log', () => {
  test('that is not too long stays', async () => {
    write('short');
    await rotate();
    assert.deepEqual(files(), ['0.log']);
    assert.equal(readFileSync(record.logPath, 'utf8'), 'short');
  });

  test('that is too long is set aside; so many files are kept, all but the newest two packed', async () => {
    for (const text of ['first of them', 'second of them', 'third of them']) {
      write(text);
      await rotate();
      clock.advance(1_000);
    }
    assert.deepEqual(files(), ['0.log', '0.log.20260101-000001.gz', '0.log.20260101-000002']);
    const [, packed = '', newest = ''] = files();
    assert.equal(gunzipSync(readFileSync(join(directory, packed))).toString(), 'second of them');
    assert.equal(readFileSync(join(directory, newest), 'utf8'), 'third of them');
    assert.equal(readFileSync(record.logPath, 'utf8'), '');
  });

  test('of a container that has ended stays as it is', async () => {
    write('longer than ten');
    record = { ...record, state: 'exited' };
    await rotate();
    assert.deepEqual(files(), ['0.log']);
  });

  test('that was set aside and not begun anew is begun', async () => {
    await rotate();
    assert.deepEqual(files(), ['0.log']);
  });

  test('is removed with all that was set aside', async () => {
    write('longer than ten');
    await rotate();
    writeFileSync(join(directory, '1.log'), '');
    removeLog(record.logPath);
    assert.deepEqual(files(), ['1.log']);
    removeLog(join(directory, 'gone', '0.log'));
    assert.equal(existsSync(join(directory, 'gone')), false);
  });
});
