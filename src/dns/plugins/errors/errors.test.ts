import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Next } from '../../contract.ts';
import { fakeContext, handleOf, query, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { errors } from './index.ts';

const now: Next = () => {
  throw new Error('no upstream');
};
const later: Next = () => Promise.reject(new Error('too late'));

test('a question that fails, now or later, is answered SERVFAIL and written down with the reason', async () => {
  for (const [next, why] of [
    [now, 'no upstream'],
    [later, 'too late'],
  ] as const) {
    const context = fakeContext();
    const reply = await handleOf(setUpFrom(errors, 'errors', context))(query('x.example. AAAA'), next);
    assert.deepEqual(zoneText(reply), ['SERVFAIL']);
    assert.deepEqual(context.log.lines, [`error 2 x.example. AAAA: ${why} {"plugin":"errors"}`]);
  }
});

test('failures that are alike are told together', async () => {
  const context = fakeContext();
  const plugin = setUpFrom(errors, 'errors {\n consolidate 5m "no up" warning\n}', context);
  for (let i = 0; i < 3; i++) await handleOf(plugin)(query('x.example.'), now);
  await handleOf(plugin)(query('x.example.'), later);
  assert.deepEqual(context.log.lines, ['error 2 x.example. A: too late {"plugin":"errors"}']);
  context.clock.advance(300_000);
  await new Promise(setImmediate);
  assert.equal(context.log.lines[1], `warn 3 errors like 'no up' occurred in last 300s {"plugin":"errors"}`);
});

test('with `show_first` the first of them is told at once, and their number only when there were more', async () => {
  const context = fakeContext();
  const plugin = setUpFrom(
    errors,
    'errors stdout {\n consolidate 30s "(?i)NO UP" info show_first\n}',
    context,
  );
  const period = async (failures: number) => {
    for (let i = 0; i < failures; i++) await handleOf(plugin)(query('x.example.'), now);
    context.clock.advance(30_000);
    await new Promise(setImmediate);
    return context.log.lines.splice(0);
  };
  const first = 'info 2 x.example. A: no upstream {"plugin":"errors"}';
  assert.deepEqual(await period(1), [first]);
  assert.deepEqual(await period(3), [
    first,
    `info 3 errors like '(?i)NO UP' occurred in last 30s {"plugin":"errors"}`,
  ]);
});

test('the stack is written where it is wanted', async () => {
  const context = fakeContext();
  await handleOf(setUpFrom(errors, 'errors {\n stacktrace\n}', context))(query('x.'), now);
  assert.match(context.log.lines[0] ?? '', /errors\.test\.ts/);
});

test('what is not understood is refused', () => {
  const refusal = (lines: string, expected: RegExp) =>
    assert.throws(() => setUpFrom(errors, `errors {\n${lines}\n}`, fakeContext()), expected);
  refusal('consolidate x y', /Corefile:3: errors: consolidate is a duration such as 10s, not "x"/);
  refusal('consolidate 1s y loud', /level is one of debug, info, warning, error, not "loud"/);
  refusal('consolidate 1m "())"', /Corefile:3: errors: Invalid regular expression/);
  assert.throws(() => setUpFrom(errors, 'errors errors.txt', fakeContext()), /"errors.txt" is not supported/);
  refusal('quiet', /Corefile:3: errors: option "quiet" is not supported/);
});
