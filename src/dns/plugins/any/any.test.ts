import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { fakeContext, handleOf, query, refused, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { encodeMessage } from '../../wire/encode.ts';
import { any } from './index.ts';

test('a question for all types has one small answer, others are passed on', async () => {
  const handle = handleOf(setUpFrom(any, 'any', fakeContext()));
  const reply = await handle(query('a.example. ANY'), refused);
  const [answer] = packet.decode(encodeMessage(reply)).answers ?? [];
  assert.deepEqual(answer && 'data' in answer && answer.data, { cpu: 'ANY obsoleted', os: 'See RFC 8482' });
  assert.deepEqual(zoneText(await handle(query('a.example. A'), refused)), ['REFUSED']);
  assert.throws(() => setUpFrom(any, 'any type', fakeContext()), /Corefile:2: any: "type" is not supported/);
});
