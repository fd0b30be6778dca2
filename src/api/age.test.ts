import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, formatDuration } from './age.ts';

const cases: [string, number][] = [
  ['<invalid>', -5],
  ['0s', 0],
  ['119s', 119],
  ['2m', 120],
  ['5m3s', 303],
  ['10m', 610],
  ['179m', 179 * 60],
  ['3h', 180 * 60],
  ['7h59m', 7 * 3600 + 59 * 60],
  ['8h', 8 * 3600 + 59],
  ['47h', 47 * 3600],
  ['2d', 48 * 3600],
  ['7d23h', (7 * 24 + 23) * 3600],
  ['8d', 8 * 86400 + 3600],
  ['729d', 729 * 86400],
  ['2y', 730 * 86400],
  ['3y5d', (3 * 365 + 5) * 86400],
  ['8y', 8 * 365 * 86400],
];

for (const [text, seconds] of cases)
  test(`${seconds} seconds are printed as ${text}`, () => {
    assert.equal(formatDuration(seconds * 1000), text);
  });

test('a time that is not there has an unknown age', () => {
  assert.equal(age(undefined, 0), '<unknown>');
  assert.equal(age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:01:30Z')), '90s');
});
