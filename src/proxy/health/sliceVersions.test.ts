import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SliceVersions } from './sliceVersions.ts';

test('a version is told when the kernel has it, not when it was seen', () => {
  const versions = new SliceVersions();
  versions.seen('41');
  versions.taking();
  versions.seen('43');
  assert.equal(versions.newest, 0);
  versions.written();
  assert.equal(versions.newest, 41);
  versions.taking();
  versions.written();
  assert.equal(versions.newest, 43);
});

test('of a list in any order the newest counts', () => {
  const versions = new SliceVersions();
  for (const version of ['7', '12', undefined, '9']) versions.seen(version);
  versions.taking();
  versions.written();
  assert.equal(versions.newest, 12);
});
