import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chain } from '../../chain.ts';
import { answerPacket } from '../../server/answer.ts';
import { fakeContext, handleOf, query, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { encodeMessage } from '../../wire/encode.ts';
import { addressRecord, type Message, replyTo } from '../../wire/message.ts';
import { acl } from './index.ts';

const behind = ({ message, question }: ReturnType<typeof query>): Message => ({
  ...replyTo(message),
  answers: [addressRecord(question.name, 5, '10.0.0.1')],
});
const answered = ['a.example. 5 A 10.0.0.1'];

function asking(lines: string) {
  const context = fakeContext();
  const handle = handleOf(setUpFrom(acl, lines, context));
  const ask = async (text: string, address: string) => {
    const reply = await handle(query(text, { address }), behind);
    return reply.notes?.silent ? 'silence' : zoneText(reply);
  };
  return { ask, context, handle };
}

test('the first rule that fits decides, and without one the question is allowed', async () => {
  const { ask } = asking(`acl {
    allow net 10.244.0.0/16 fd44::/16
    block type ANY AAAA net 192.0.2.0/24
    filter net 192.0.2.7
    drop net *
  }`);
  assert.deepEqual(await ask('a.example.', '10.244.3.4'), answered);
  assert.deepEqual(await ask('a.example.', 'fd44::1'), answered);
  assert.deepEqual(await ask('a.example. AAAA', '192.0.2.7'), ['REFUSED']);
  assert.deepEqual(await ask('a.example.', '192.0.2.7'), []);
  assert.equal(await ask('a.example.', '192.0.2.8'), 'silence');
  assert.equal(await ask('a.example.', '2001:db8::1'), 'silence');
  assert.deepEqual(await asking('acl {\n block net 10.0.0.0/8\n}').ask('a.example.', '192.0.2.1'), answered);
});

test('a rule of nothing but an action is for whoever asks for whatever', async () => {
  const { ask } = asking('acl {\n allow net 192.168.0.0/24 192.168.1.0/24\n BLOCK\n}');
  assert.deepEqual(await ask('a.example.', '192.168.1.7'), answered);
  assert.deepEqual(await ask('a.example.', '192.168.2.7'), ['REFUSED']);
  assert.deepEqual(await ask('a.example. AAAA', '2001:db8::1'), ['REFUSED']);
});

test('what one list allows, a later one does not take back', async () => {
  const listed = (lines: string) => setUpFrom(acl, lines, fakeContext());
  const ask = chain([
    listed('acl a.example {\n allow net 10.0.0.0/8\n}'),
    listed('acl {\n block\n}'),
    { name: 'behind', handle: behind },
  ]);
  const dig = async (name: string, address: string) => zoneText(await ask(query(name, { address })));
  assert.deepEqual(await dig('a.example.', '10.1.2.3'), answered);
  assert.deepEqual(await dig('a.example.', '192.0.2.1'), ['REFUSED']);
  assert.deepEqual(await dig('b.example.', '10.1.2.3'), ['REFUSED']);
});

test('names of other zones are not looked at', async () => {
  const { ask } = asking('acl example {\n block net *\n}');
  assert.deepEqual(await ask('a.example.', '10.0.0.1'), ['REFUSED']);
  assert.deepEqual(await ask('a.org.', '10.0.0.1'), ['a.org. 5 A 10.0.0.1']);
});

test('a question that is dropped has no answer at all', async () => {
  const { handle } = asking('acl {\n drop net *\n}');
  const client = { address: '10.0.0.1', port: 1, protocol: 'udp' } as const;
  assert.equal(
    answerPacket(encodeMessage(query('a.').message), client, (q) => handle(q, behind)),
    undefined,
  );
});

test('what was decided is counted', async () => {
  const { ask, context } = asking('acl {\n block net 10.0.0.0/8\n}');
  await ask('a.', '10.0.0.1');
  await ask('a.', '192.0.2.1');
  const text = await context.registry.metrics();
  assert.match(text, /coredns_acl_blocked_requests_total\{server="dns:\/\/:53",zone=".",view=""\} 1/);
  assert.match(text, /coredns_acl_allowed_requests_total\{.*\} 1/);
});

test('what is not understood is refused', () => {
  const refusal = (rule: string, expected: RegExp) =>
    assert.throws(() => asking(`acl {\n ${rule}\n}`), expected);
  refusal('deny net *', /Corefile:3: acl: a rule is one of allow, block, filter, drop, not "deny"/);
  refusal('block type A net', /Corefile:3: acl: nothing stands behind `net`/);
  refusal('block type net 10.0.0.0/8', /Corefile:3: acl: nothing stands behind `type`/);
  refusal('block 10.0.0.0/8', /acl: "10.0.0.0\/8" stands where `type` or `net` should/);
  refusal('block type NOPE', /acl: "NOPE" is no type/);
  refusal('block net 192.168.0/16', /Corefile:3: acl: "192.168.0\/16" is neither an address nor a range/);
});
