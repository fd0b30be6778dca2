import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readIfThere } from './files.ts';

test('a file that is there is read, and one that is not is empty', () => {
  assert.equal(readIfThere(import.meta.filename), readFileSync(import.meta.filename, 'utf8'));
  assert.equal(readIfThere(`${import.meta.filename}/nothing`), '');
});
