import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StatusError } from '../../api/errors.ts';
import { checkApplier, checkWriter, managerOf } from './writer.ts';

const query = (text: string) => new URLSearchParams(text);
const manager = (asked: string, userAgent?: string) =>
  managerOf({ query: query(asked), headers: { 'user-agent': userAgent } });

describe('the name of a writer', () => {
  test('is that of the query', () => assert.equal(manager('fieldManager=me', 'kubectl/v1.36'), 'me'));
  test('is what the User-Agent says in front of its version', () => {
    assert.equal(manager('', 'kubectl/v1.36.0 (linux/amd64) kubernetes/abc'), 'kubectl');
    assert.equal(manager('fieldManager=', 'curl'), 'curl');
  });
  test('is without what cannot be printed, and not longer than 128 bytes', () => {
    assert.equal(manager('', 'a\tb\u200b/1'), 'ab');
    assert.equal(manager('', 'é'.repeat(100)), 'é'.repeat(64));
  });
  test('is unknown when nobody says it', () => {
    assert.equal(manager(''), 'unknown');
    assert.equal(manager('', '/1.0'), 'unknown');
  });
});

const refusal = (check: () => void): string => {
  try {
    check();
  } catch (err) {
    assert.ok(err instanceof StatusError);
    assert.equal(err.status.code, 422);
    return err.message;
  }
  return '';
};

describe('a query', () => {
  const of = (text: string) => `PatchOptions.meta.k8s.io "" is invalid: ${text}`;

  test('must not name a writer in more than 128 bytes', () => {
    assert.equal(
      refusal(() => checkWriter(query(`fieldManager=${'a'.repeat(128)}`), 'CreateOptions')),
      '',
    );
    assert.equal(
      refusal(() => checkWriter(query(`fieldManager=${'a'.repeat(129)}`), 'CreateOptions')),
      'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    );
  });
  test('must not name one with what cannot be printed', () => {
    assert.equal(
      refusal(() => checkApplier(query('fieldManager=a%07'))),
      of('fieldManager: Invalid value: "a\\u0007": invalid character U+0007 (at position 1)'),
    );
  });
  test('must say properly how to write', () => {
    const dryRun = 'dryRun: Unsupported value: ["Some"]: supported values: "All"';
    const level =
      'fieldValidation: Unsupported value: "Lax": supported values: "", "Ignore", "Strict", "Warn"';
    assert.equal(
      refusal(() => checkWriter(query('dryRun=Some'), 'PatchOptions')),
      of(dryRun),
    );
    assert.equal(
      refusal(() => checkWriter(query('fieldValidation=Lax'), 'UpdateOptions')),
      `UpdateOptions.meta.k8s.io "" is invalid: ${level}`,
    );
    assert.equal(
      refusal(() => checkApplier(query('fieldManager=a&dryRun=Some&fieldValidation=Lax'))),
      of(`[${dryRun}, ${level}]`),
    );
  });
  test('must name one to apply', () => {
    assert.equal(
      refusal(() => checkApplier(query('force=true'))),
      of('fieldManager: Required value: is required for apply patch'),
    );
  });
  test('must not force another patch', () => {
    assert.equal(
      refusal(() => checkWriter(query('force=false'), 'PatchOptions')),
      of('force: Forbidden: may not be specified for non-apply patch'),
    );
  });
});
