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

test('`lameduck` is refused', () => {
  assert.throws(
    () => setUpFrom(health, 'health {\n lameduck 5s\n}', fakeContext()),
    /Corefile:3: health: option "lameduck" is not supported/,
  );
});
