import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rfc3339 } from './clock.ts';

test('a time is told in whole seconds, whichever was told before', () => {
  const second = Date.UTC(2026, 0, 1, 12, 30, 15);
  for (const [ms, text] of [
    [second, '2026-01-01T12:30:15Z'],
    [second + 999, '2026-01-01T12:30:15Z'],
    [second + 1000, '2026-01-01T12:30:16Z'],
    [second, '2026-01-01T12:30:15Z'],
    [-1, '1969-12-31T23:59:59Z'],
    [0, '1970-01-01T00:00:00Z'],
  ] as const)
    assert.equal(rfc3339(ms), text);
});
