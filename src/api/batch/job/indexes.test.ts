import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatIndexes, parseIndexes } from './indexes.ts';

describe('a set of completion indexes', () => {
  test('is written as numbers and ranges, and read again', () => {
    for (const text of ['', '0', '0,1', '1,3-5,7', '0-9'])
      assert.equal(formatIndexes(parseIndexes(text) ?? []), text);
    assert.equal(formatIndexes([5, 3, 4, 1]), '1,3-5');
  });

  test('is none when it goes back, overlaps, or would never end', () => {
    for (const text of ['2,1', '1-3,3', '3-1', 'a', '1,', '0-99999999999'])
      assert.equal(parseIndexes(text), undefined);
  });
});
