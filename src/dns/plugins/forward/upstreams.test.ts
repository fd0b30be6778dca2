import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Policy } from './options.ts';
import { answered, failed, inOrder, upstreamsOf } from './upstreams.ts';

const three = () => upstreamsOf(['a', 'b', 'c'].map((address) => ({ address, port: 53 })));
const order = (
  upstreams: ReturnType<typeof three>,
  policy: Policy,
  { turn = 0, nowMs = 0, random = 0 } = {},
) =>
  inOrder(upstreams, policy, turn, nowMs, () => random)
    .map(({ address }) => address)
    .join('');

test('the policy says who is asked first, and the others follow', () => {
  const all = three();
  assert.equal(order(all, 'sequential', { turn: 2 }), 'abc');
  assert.equal(order(all, 'round_robin', { turn: 4 }), 'bca');
  assert.equal(order(all, 'random', { random: 0.99 }), 'cab');
});

test('an upstream that failed too often rests for a while and is asked last', () => {
  const all = three();
  const [first] = all as [(typeof all)[0]];
  failed(first, 2, 0);
  assert.equal(order(all, 'sequential'), 'abc');
  failed(first, 2, 1_000);
  assert.equal(order(all, 'sequential', { nowMs: 2_999 }), 'bca');
  assert.equal(order(all, 'sequential', { nowMs: 3_000 }), 'abc');
});

test('an answer makes up for failures', () => {
  const all = three();
  const [first] = all as [(typeof all)[0]];
  failed(first, 2, 0);
  answered(first);
  failed(first, 2, 0);
  assert.equal(order(all, 'sequential'), 'abc');
});

test('with `max_fails 0` nobody ever rests', () => {
  const all = three();
  for (let i = 0; i < 9; i++) failed(all[0] as (typeof all)[0], 0, 0);
  assert.equal(order(all, 'sequential'), 'abc');
});
