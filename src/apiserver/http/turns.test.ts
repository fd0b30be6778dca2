import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turn } from './turns.ts';

test('turns come in order, and between those of a thousand the event loop goes round', async () => {
  const order: number[] = [];
  const rounds = new Set<number>();
  let round = 0;
  let going = true;
  const count = () => {
    round++;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(
    Array.from({ length: 1000 }, async (_, i) => {
      await turn();
      order.push(i);
      rounds.add(round);
    }),
  );
  going = false;
  assert.deepEqual(
    order,
    Array.from({ length: 1000 }, (_, i) => i),
  );
  assert.ok(rounds.size >= 10, `they took ${rounds.size} rounds`);
});

test('who asks for a turn in a turn has it later', async () => {
  const order: string[] = [];
  const first = turn().then(async () => {
    order.push('first');
    await turn();
    order.push('first again');
  });
  const second = turn().then(() => order.push('second'));
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second', 'first again']);
});
