import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaults } from '../config.ts';
import { allocate } from './desired.ts';

const of = (...taken: string[]) => allocate(defaults.podCIDRs, new Set(taken));

test('the first node gets the first part of each range', () =>
  assert.deepEqual(of(), ['10.244.0.0/24', 'fd44::/64']));
test('a node gets the first part that is free', () =>
  assert.deepEqual(of('10.244.0.0/24', 'fd44::/64', '10.244.2.0/24', 'fd44:0:0:2::/64'), [
    '10.244.1.0/24',
    'fd44:0:0:1::/64',
  ]));
test('no node gets anything when a range is used up', () => {
  const taken = Array.from({ length: 256 }, (_, i) => `10.244.${i}.0/24`);
  assert.equal(of(...taken), undefined);
});
