import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Next } from '../../contract.ts';
import { fakeContext, query, refused, served, setUpFrom } from '../../testing/context.ts';
import { addressRecord, replyTo, soaRecord } from '../../wire/message.ts';
import { log } from './index.ts';

const soa = soaRecord('example.', 5, {
  mname: 'ns.example.',
  rname: 'root.example.',
  serial: 1,
  refresh: 1,
  retry: 1,
  expire: 1,
  minimum: 5,
});
const answers: Record<string, Next> = {
  success: ({ message, question }) => ({
    ...replyTo(message),
    answers: [addressRecord(question.name, 5, '10.0.0.1')],
  }),
  nxdomain: ({ message }) => ({ ...replyTo(message, 3), authorities: [soa] }),
  nodata: ({ message }) => ({ ...replyTo(message), authorities: [soa] }),
  error: refused,
};

async function linesOf(lines: string, ...answer: string[]): Promise<string[]> {
  const context = fakeContext();
  const plugin = setUpFrom(log, lines, context);
  for (const each of answer) await served(plugin, query(`${each}.example.`), answers[each] as Next);
  return context.log.lines;
}

test('each question is a line with who asked what, and what came of it', async () => {
  const context = fakeContext();
  const asked = query('X.example. AAAA', { address: 'fd44::9' });
  await served(setUpFrom(log, 'log', context), asked, async (each) => {
    context.clock.advance(3);
    return refused(each);
  });
  assert.deepEqual(context.log.lines, [
    'info [fd44::9]:40000 - 7 "AAAA IN X.example. udp 40 false 512" REFUSED qr,rd,ra 27 0.003s {}',
  ]);
});

test('only answers of the wanted classes are written', async () => {
  const all = ['success', 'nxdomain', 'nodata', 'error'];
  const of = async (classes: string) =>
    (await linesOf(`log . "{name}" {\n class ${classes}\n}`, ...all)).map((line) => line.split(/[ .]/)[1]);
  assert.deepEqual(await of('all'), all);
  assert.deepEqual(await of('success'), ['success']);
  assert.deepEqual(await of('denial error'), ['nxdomain', 'nodata', 'error']);
});

test('only names of the wanted zones are written', async () => {
  assert.deepEqual(await linesOf('log example.org', 'success'), []);
  assert.equal((await linesOf('log example.org EXAMPLE', 'success')).length, 1);
});

test('a format of one’s own is written', async () => {
  const [line] = await linesOf('log . "{remote} {type} {rcode} {>opcode} {>do}!"', 'success');
  assert.equal(line, 'info 10.244.0.9 A NOERROR 0 false! {}');
  assert.match((await linesOf('log "{combined}"', 'success'))[0] ?? '', /10\.244\.0\.9:40000 - 7 .* "0" /);
});

test('what is not understood is refused', () => {
  const refusal = (lines: string, expected: RegExp) =>
    assert.throws(() => setUpFrom(log, lines, fakeContext()), expected);
  refusal(
    'log {\n class good\n}',
    /Corefile:3: log: class is one of success, denial, error, all, not "good"/,
  );
  refusal('log {\n class\n}', /Corefile:3: log: class needs a class/);
  refusal('log {\n level 3\n}', /Corefile:3: log: option "level" is not supported/);
  refusal('log "{color}"', /"\{color\}" is not supported in a format/);
});
