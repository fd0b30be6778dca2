import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, test } from 'node:test';
import { openRecords } from './records.ts';

function inDirectory(action: (dir: string) => void): void {
  const dir = mkdtempSync(`${tmpdir()}/records-`);
  try {
    action(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
const record = (uid: string, podIP: string) => ({
  uid,
  pod: `default/${uid}`,
  podIPs: [podIP],
  isComplete: true,
});

describe('records of pods', () => {
  test('are there again when they are opened again, as is the last address', () =>
    inDirectory((dir) => {
      const records = openRecords(dir);
      records.put(record('a', '10.244.1.2'));
      records.put(record('b', '10.244.1.3'));
      records.delete('b');
      const again = openRecords(dir);
      assert.deepEqual([...again.all()], [record('a', '10.244.1.2')]);
      assert.deepEqual(again.lastGiven(), ['10.244.1.3']);
    }));

  test('a pod that is written again does not turn back the last address', () =>
    inDirectory((dir) => {
      const records = openRecords(dir);
      records.put(record('a', '10.244.1.2'));
      records.put(record('b', '10.244.1.3'));
      records.put(record('a', '10.244.1.2'));
      assert.deepEqual(records.lastGiven(), ['10.244.1.3']);
    }));

  test('a file that a crash left half written is passed over', () =>
    inDirectory((dir) => {
      openRecords(dir).put(record('a', '10.244.1.2'));
      writeFileSync(`${dir}/pods/b.json`, '{"uid":');
      assert.deepEqual([...openRecords(dir).all()].length, 1);
    }));
});
