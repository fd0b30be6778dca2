import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Next } from '../../contract.ts';
import { fakeContext, query, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { errors } from './index.ts';

test('a question that fails, now or later, is answered SERVFAIL and written down with the reason', async () => {
  const now: Next = () => {
    throw new Error('no upstream');
  };
  const later: Next = () => Promise.reject(new Error('too late'));
  for (const [next, why] of [
    [now, 'no upstream'],
    [later, 'too late'],
  ] as const) {
    const context = fakeContext();
    const reply = await setUpFrom(errors, 'errors', context).handle?.(query('x.example. AAAA'), next);
    assert.deepEqual(reply && zoneText(reply), ['SERVFAIL']);
    assert.deepEqual(context.log.lines, [
      `error a question failed {"name":"x.example.","type":"AAAA","err":"${why}"}`,
    ]);
  }
});
