import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Next } from '../contract.ts';
import { query } from '../testing/context.ts';
import { zoneText } from '../testing/zone.ts';
import { replyTo, txtRecord } from '../wire/message.ts';
import { route } from './router.ts';

/** Answers with its own zone. */
const of = (zone: string): [string, Next] => [
  zone,
  ({ message }) => ({ ...replyTo(message), answers: [txtRecord(zone, 0)] }),
];

const whoAnswers = async (zones: string[], name: string) => {
  const reply = await route(new Map(zones.map(of)))(query(name));
  return reply.answers[0]?.name ?? zoneText(reply)[0];
};

test('the longest zone that a name is in answers', async () => {
  const zones = ['.', 'org.', 'example.org.', 'a.b.example.org.'];
  assert.equal(await whoAnswers(zones, 'example.org.'), 'example.org.');
  assert.equal(await whoAnswers(zones, 'b.example.org.'), 'example.org.');
  assert.equal(await whoAnswers(zones, 'x.a.B.Example.ORG.'), 'a.b.example.org.');
  assert.equal(await whoAnswers(zones, 'notexample.org.'), 'org.');
  assert.equal(await whoAnswers(zones, 'example.com.'), '.');
  assert.equal(await whoAnswers(zones, '.'), '.');
});

test('a dot inside a label ends no zone', async () => {
  assert.equal(await whoAnswers(['.', 'example.org.'], 'www\\.example.org.'), '.');
});

test('names in no zone are refused', async () => {
  assert.equal(await whoAnswers(['example.org.'], 'example.com.'), 'REFUSED');
  assert.equal(await whoAnswers(['example.org.'], '.'), 'REFUSED');
});
