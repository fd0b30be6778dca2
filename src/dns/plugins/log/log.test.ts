import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext, query, refused, setUpFrom } from '../../testing/context.ts';
import { log } from './index.ts';

test('each question is a line with who asked what, and what came of it', async () => {
  const context = fakeContext();
  await setUpFrom(log, 'log', context).handle?.(query('X.example. AAAA'), async (asked) => {
    context.clock.advance(3);
    return refused(asked);
  });
  assert.deepEqual(context.log.lines, [
    'info 10.244.0.9:40000 - 7 "AAAA IN X.example. udp" REFUSED 0 0.003000s {}',
  ]);
  assert.throws(
    () => setUpFrom(log, 'log example.org', context),
    /Corefile:2: log: "example.org" is not supported/,
  );
});
