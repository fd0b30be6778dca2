import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Next, Query } from '../../contract.ts';
import { answerPacket } from '../../server/answer.ts';
import { fakeContext, handleOf, query, setUpFrom } from '../../testing/context.ts';
import { encodeMessage } from '../../wire/encode.ts';
import { addressRecord, replyTo } from '../../wire/message.ts';
import { bufsize } from './index.ts';

const many: Next = ({ message, question }) => ({
  ...replyTo(message),
  answers: Array.from({ length: 250 }, (_, i) => addressRecord(question.name, 5, `10.0.0.${i}`)),
});

/** How long the answer is to a client that takes so much. */
async function lengthWith(lines: string, udpSize: number): Promise<number> {
  const handle = handleOf(setUpFrom(bufsize, lines, fakeContext()));
  const { message } = query('a.');
  const edns = { udpSize, version: 0, dnssecOk: false, options: [] };
  const client = { address: '10.0.0.1', port: 1, protocol: 'udp' } as const;
  const bytes = await answerPacket(encodeMessage({ ...message, edns }), client, (q) => handle(q, many));
  return bytes?.length ?? 0;
}

test('answers by UDP are as long as is told, if the client takes so much', async () => {
  const isUpTo = (length: number, limit: number) =>
    assert.ok(length <= limit && length > limit - 20, `${length} of ${limit}`);
  isUpTo(await lengthWith('bufsize 600', 4096), 600);
  isUpTo(await lengthWith('bufsize', 4096), 1232);
  isUpTo(await lengthWith('bufsize 4000', 4096), 4000);
  isUpTo(await lengthWith('bufsize 4000', 700), 700);
});

test('what stands behind is told no more than that', async () => {
  const handle = handleOf(setUpFrom(bufsize, 'bufsize 600', fakeContext()));
  const own = query('a.');
  let asked: Query | undefined;
  const edns = { udpSize: 4096, version: 0, dnssecOk: false, options: [] };
  await handle({ ...own, message: { ...own.message, edns } }, (q) => {
    asked = q;
    return replyTo(q.message);
  });
  assert.equal(asked?.message.edns?.udpSize, 600);
});

test('sizes beyond 512 to 4096 are refused', () => {
  assert.throws(
    () => setUpFrom(bufsize, 'bufsize 100', fakeContext()),
    /Corefile:2: bufsize is a number from 512 to 4096, not "100"/,
  );
});
