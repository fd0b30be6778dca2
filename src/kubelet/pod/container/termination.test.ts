import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { containerOf, recordOf } from '../../testing/pod.ts';
import { terminationMessage } from './termination.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'message-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function message(written: string, policy: string, exitCode: number): string {
  const [file, logPath] = [join(directory, 'message'), join(directory, 'log')];
  writeFileSync(file, written);
  writeFileSync(
    logPath,
    '2026-01-01T00:00:00.0+00:00 stdout F one\n2026-01-01T00:00:00.0+00:00 stderr F two\n',
  );
  const record = recordOf('main', { state: 'exited', exitCode, logPath });
  return terminationMessage(containerOf(`terminationMessagePolicy: ${policy}`), record, file);
}

describe('the last words of a container', () => {
  test('are what it wrote', () => assert.equal(message('bye', 'File', 0), 'bye'));
  test('are the end of its log when it failed silently and its spec wants that', () =>
    assert.equal(message('', 'FallbackToLogsOnError', 1), 'one\ntwo'));
  test('are none when it succeeded silently, or its spec does not want the log', () =>
    assert.deepEqual([message('', 'FallbackToLogsOnError', 0), message('', 'File', 1)], ['', '']));
  test('are 4096 bytes at most', () => assert.equal(message('x'.repeat(9000), 'File', 0).length, 4096));
});
