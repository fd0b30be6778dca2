import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext, setUpFrom } from '../../testing/context.ts';
import { health } from './index.ts';

test('the process says that it lives, at :8080 or where it is told to', async () => {
  const context = fakeContext();
  setUpFrom(health, 'health', context);
  setUpFrom(health, 'health 127.0.0.1:9000', context);
  assert.deepEqual([...context.http.keys()], [':8080/health', '127.0.0.1:9000/health']);
  assert.deepEqual(await context.http.get(':8080/health')?.(), { code: 200, body: 'OK' });
});

test('an end that was asked for is put off by `lameduck`', async () => {
  const context = fakeContext();
  let isOver = false;
  const over = setUpFrom(health, 'health {\n lameduck 5s\n}', context)
    .lameduck?.()
    .then(() => {
      isOver = true;
    });
  context.clock.advance(4_999);
  await new Promise(setImmediate);
  assert.equal(isOver, false);
  context.clock.advance(1);
  await over;
  await setUpFrom(health, 'health', context).lameduck?.();
});

test('what is not understood is refused', () => {
  const refusal = (option: string, expected: RegExp) =>
    assert.throws(() => setUpFrom(health, `health {\n ${option}\n}`, fakeContext()), expected);
  refusal('lameduck', /Corefile:3: health: lameduck is a duration such as 10s, not ""/);
  refusal('lameduck 5s 6s', /Corefile:3: lameduck: "6s" is not supported/);
  refusal('quack', /Corefile:3: health: option "quack" is not supported/);
});
