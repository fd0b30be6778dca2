import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Entry, Owner } from './entries.ts';
import type { FieldSet } from './fieldSet.ts';
import { afterApply, afterUpdate, type Compared, conflictsOf } from './ownership.ts';

const updater = (manager: string, more: Partial<Owner> = {}): Owner => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  subresource: '',
  ...more,
});
const applier = (manager: string, more: Partial<Owner> = {}): Owner =>
  updater(manager, { operation: 'Apply', ...more });

/** Of fields by their first letters: `ab` is the set of f:a and f:b. */
const fields = (names: string): FieldSet => Object.fromEntries([...names].map((name) => [`f:${name}`, {}]));
const entry = (owner: Owner, names: string, time = 'then'): Entry => ({
  ...owner,
  fields: fields(names),
  time,
});
const compared =
  (changed: string, removed = ''): Compared =>
  () => ({ changed: fields(changed), removed: fields(removed) });

/** `name:fields@time`, in a few words. */
const told = (entries: readonly Entry[]) =>
  entries.map((e) => `${e.manager}:${Object.keys(e.fields).join('').replaceAll('f:', '')}@${e.time ?? ''}`);

describe('a write that is no apply', () => {
  test('takes what it changes, and nobody keeps what is gone', () => {
    const before = [entry(updater('a'), 'xyz'), entry(applier('b'), 'yz')];
    assert.deepEqual(told(afterUpdate(before, updater('c'), compared('x', 'z'), 'now')), [
      'a:y@then',
      'b:y@then',
      'c:x@now',
    ]);
  });
  test('adds to what its writer has', () => {
    const before = [entry(updater('a'), 'xz')];
    assert.deepEqual(told(afterUpdate(before, updater('a'), compared('y', 'z'), 'now')), ['a:xy@now']);
  });
  test('leaves nobody with nothing', () => {
    const before = [entry(updater('a'), 'x'), entry(updater('b'), 'y')];
    assert.deepEqual(told(afterUpdate(before, updater('c'), compared('x'), 'now')), ['b:y@then', 'c:x@now']);
  });
  test('that changes nothing leaves everything', () => {
    const before = [entry(updater('a'), 'x')];
    assert.equal(afterUpdate(before, updater('c'), compared(''), 'now'), before);
  });
  test('is told apart by subresource and version', () => {
    const before = [entry(updater('a'), 'x'), entry(updater('a', { subresource: 'status' }), 'y')];
    const after = afterUpdate(before, updater('a', { apiVersion: 'v2' }), compared('z'), 'now');
    assert.deepEqual(told(after), ['a:x@then', 'a:y@then', 'a:z@now']);
  });
  test('of the eleventh writer makes one of the two oldest', () => {
    const before = [...'abcdefghij'].map((name, i) => entry(updater(name), name, `day${i}`));
    const after = afterUpdate(before, updater('k'), compared('k'), 'now');
    assert.equal(after.length, 10);
    assert.deepEqual(told(after.filter((e) => e.manager === 'ancient-changes')), ['ancient-changes:ab@day1']);
  });
});

describe('an apply', () => {
  test('owns what it names, changed or not, and no more', () => {
    const before = [entry(applier('a'), 'xz'), entry(updater('b'), 'y')];
    assert.deepEqual(told(afterApply(before, applier('a'), fields('xy'), compared('', 'z'), 'now')), [
      'b:y@then',
      'a:xy@now',
    ]);
  });
  test('keeps its time when nothing changes', () => {
    const before = [entry(applier('a'), 'x')];
    assert.deepEqual(told(afterApply(before, applier('a'), fields('x'), compared(''), 'now')), ['a:x@then']);
  });
  test('in another version goes on with the same entry', () => {
    const before = [entry(applier('a'), 'x')];
    const after = afterApply(before, applier('a', { apiVersion: 'v2' }), fields('x'), compared(''), 'now');
    assert.deepEqual(told(after), ['a:x@now']);
  });
  test('conflicts with everybody whose fields it changes, but not with itself', () => {
    const before = [entry(applier('a'), 'x'), entry(updater('a'), 'x'), entry(applier('b'), 'y')];
    const conflicts = conflictsOf(before, applier('a'), fields('x'), compared('x'));
    assert.deepEqual(
      conflicts.map((found) => found.with.operation),
      ['Update'],
    );
  });
});

test('an apply conflicts about what it empties, not about what it leaves out', () => {
  const before = [entry(applier('a'), 'xy')];
  const conflicts = conflictsOf(before, applier('b'), fields('x'), compared('', 'xy'));
  assert.deepEqual(conflicts[0]?.fields, fields('x'));
});

test('an owner of a version that there is no more is forgotten', () => {
  const gone: Compared = (version) => (version === 'v1' ? { changed: fields('y'), removed: {} } : undefined);
  const before = [entry(updater('a', { apiVersion: 'v0' }), 'x')];
  assert.deepEqual(told(afterUpdate(before, updater('b'), gone, 'now')), ['b:y@now']);
});
