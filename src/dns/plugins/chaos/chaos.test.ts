import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { fakeContext, handleOf, query, refused, setUpFrom } from '../../testing/context.ts';
import { recordClass } from '../../wire/types.ts';
import { chaos } from './index.ts';

async function textsOf(lines: string, text: string, cls: number = recordClass.CH) {
  const own = query(text);
  const question = { ...own.question, class: cls };
  const reply = await handleOf(setUpFrom(chaos, lines, fakeContext()))({ ...own, question }, refused);
  return reply.rcode === 0
    ? reply.answers.map((r) => r.class === recordClass.CH && r.data.kind === 'text' && r.data.texts[0])
    : reply.rcode;
}

test('the version, the host and the authors are told in the class CHAOS', async () => {
  assert.deepEqual(await textsOf('chaos "My DNS" me you', 'VERSION.bind. TXT'), ['My DNS']);
  assert.deepEqual(await textsOf('chaos', 'version.server. TXT'), ['Switchboard']);
  assert.deepEqual(await textsOf('chaos', 'id.server. TXT'), [hostname()]);
  assert.deepEqual(await textsOf('chaos x me you', 'authors.bind. TXT'), ['me', 'you']);
});

test('nothing else is', async () => {
  assert.equal(await textsOf('chaos', 'version.bind. A'), 5);
  assert.equal(await textsOf('chaos', 'other.bind. TXT'), 5);
  assert.equal(await textsOf('chaos', 'version.bind. TXT', recordClass.IN), 5);
});
