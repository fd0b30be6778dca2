import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextAddress } from './addresses.ts';

describe('the next pod’s address', () => {
  test('is the first of the range that is left to pods', () => {
    assert.equal(nextAddress('10.244.1.0/24', new Set(), undefined), '10.244.1.2');
    assert.equal(nextAddress('fd44:0:0:1::/64', new Set(), undefined), 'fd44:0:0:1::2');
  });

  test('follows the last one given out, although an earlier one is free', () => {
    assert.equal(nextAddress('10.244.1.0/24', new Set(['10.244.1.7']), '10.244.1.6'), '10.244.1.8');
  });

  test('starts again at the end, and never is the broadcast address', () => {
    assert.equal(nextAddress('10.244.1.0/24', new Set(['10.244.1.2']), '10.244.1.254'), '10.244.1.3');
  });

  test('is in the range also when the range is another than it was', () => {
    assert.match(nextAddress('10.244.1.0/29', new Set(), '10.244.0.3'), /^10\.244\.1\.[2-6]$/);
  });

  test('is refused when all are taken', () => {
    const taken = new Set(['10.244.1.2', '10.244.1.3', '10.244.1.4', '10.244.1.5', '10.244.1.6']);
    assert.throws(
      () => nextAddress('10.244.1.0/29', taken, undefined),
      /all 5 of 10\.244\.1\.0\/29 are taken/,
    );
  });
});
