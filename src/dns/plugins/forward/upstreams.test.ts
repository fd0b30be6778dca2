import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../lib/clock.ts';
import type { Policy } from './options.ts';
import { answered, failed, inOrder, upstreamsOf } from './upstreams.ts';

const three = () =>
  upstreamsOf(
    {
      to: ['a', 'b', 'c'].map((address) => ({ address, port: 53 })),
      expireMs: 10_000,
      maxAgeMs: 0,
      maxIdle: 0,
    },
    new FakeClock(),
  );
const order = (upstreams: ReturnType<typeof three>, policy: Policy, { turn = 0, random = 0 } = {}) =>
  inOrder(upstreams, policy, turn, () => random)
    .map(({ address }) => address)
    .join('');

test('the policy says who is asked first, and the others follow', () => {
  const all = three();
  assert.equal(order(all, 'sequential', { turn: 2 }), 'abc');
  assert.equal(order(all, 'round_robin', { turn: 4 }), 'bca');
  assert.equal(order(all, 'random', { random: 0.99 }), 'cab');
});

test('an upstream that failed too often is down, and asked last', () => {
  const all = three();
  const [first] = all as [(typeof all)[0]];
  assert.equal(failed(first, 2), false);
  assert.equal(order(all, 'sequential'), 'abc');
  assert.equal(failed(first, 2), true);
  assert.equal(order(all, 'sequential'), 'bca');
  assert.equal(failed(first, 2), false, 'it is down already');
  answered(first);
  assert.equal(order(all, 'sequential'), 'abc');
});

test('an answer makes up for failures', () => {
  const all = three();
  const [first] = all as [(typeof all)[0]];
  failed(first, 2);
  answered(first);
  failed(first, 2);
  assert.equal(order(all, 'sequential'), 'abc');
});

test('with `max_fails 0` nobody is ever down', () => {
  const all = three();
  for (let i = 0; i < 9; i++) assert.equal(failed(all[0] as (typeof all)[0], 0), false);
  assert.equal(order(all, 'sequential'), 'abc');
});
