import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SetUp } from '../contract.ts';
import { fakeContext, query } from '../testing/context.ts';
import { zoneText } from '../testing/zone.ts';
import { replyTo, txtRecord } from '../wire/message.ts';
import { generation, type Host } from './generation.ts';

const passed: string[] = [];

/** Notes that a question passed. */
const passing =
  (name: string): SetUp =>
  () => ({
    name,
    handle(asked, next) {
      passed.push(name);
      return next(asked);
    },
    stop: () => void passed.push(`${name} stops`),
  });

/** Answers with its first word. */
const say: SetUp = ({ args: [word = ''] }, { serveHttp }) => {
  serveHttp(':8080', `/${word}`, () => ({ code: 200, body: word }));
  return {
    name: 'say',
    handle: ({ message, question }) => ({
      ...replyTo(message),
      answers: [txtRecord(question.name, 1, word)],
    }),
  };
};

/** Asks the whole server for the same name, again and again. */
const around: SetUp = (_directive, { resolve }) => ({
  name: 'around',
  handle: (asked) => {
    passed.push('around');
    return resolve({ ...asked, hops: (asked.hops ?? 0) + 1 });
  },
});

const broken: SetUp = () => {
  throw new Error('it has a hole');
};

/** Serves where its first word says. */
const serving: SetUp = ({ args: [address = ''] }, { serveHttp }) => {
  serveHttp(address, '/', () => ({ code: 200, body: '' }));
  return { name: 'serving' };
};

const host = (): Host => ({
  ...fakeContext(),
  env: {},
  setUps: [
    ['first', passing('first')],
    ['second', passing('second')],
    ['around', around],
    ['broken', broken],
    ['serving', serving],
    ['log', passing('log')],
    ['say', say],
  ],
});

const ask = async (corefile: string, name: string, port = 53) => {
  passed.length = 0;
  const next = generation(corefile, host()).dns.get(`dns:${port}`);
  return next && zoneText(await next(query(name)));
};

test('a question passes the plugins in their order, not in that of the lines', async () => {
  assert.deepEqual(await ask('. {\n say hello\n second\n first\n}', 'x.'), ['x. 1 TXT "hello"']);
  assert.deepEqual(passed, ['first', 'second']);
});

test('some plugins may stand several times in a server block', async () => {
  await ask('. {\n log\n log\n say hello\n}', 'x.');
  assert.deepEqual(passed, ['log', 'log']);
});

test('an address to serve at has a host or none, and a port', () => {
  for (const address of [':8080', 'localhost:9153', '127.0.0.1:8080', '[::1]:8080'])
    assert.ok(generation(`. { serving ${address} }`, host()).http.has(address));
});

test('what no plugin answers is refused', async () => {
  assert.deepEqual(await ask('. {\n first\n}', 'x.'), ['REFUSED']);
});

test('blocks are told apart by zone and port', async () => {
  const corefile = '. { say all }\nexample.org example.com { say org }\n.:5353 { say other }';
  assert.deepEqual(await ask(corefile, 'www.example.com.'), ['www.example.com. 1 TXT "org"']);
  assert.deepEqual(await ask(corefile, 'x.'), ['x. 1 TXT "all"']);
  assert.deepEqual(await ask(corefile, 'www.example.com.', 5353), ['www.example.com. 1 TXT "other"']);
});

test('what plugins serve beside DNS is gathered by address', () => {
  const { http } = generation('. { say a }\nexample.org { say b }', host());
  assert.deepEqual([...(http.get(':8080')?.keys() ?? [])], ['/a', '/b']);
});

test('questions that lead to questions end', async () => {
  assert.deepEqual(await ask('. { around }', 'x.'), ['SERVFAIL']);
  assert.equal(passed.length, 9);
});

test('what cannot be served is refused by name and line, and nothing of it stays', () => {
  const refusal = (corefile: string, message: string) =>
    assert.throws(() => generation(corefile, host()), { name: 'CorefileError', message });
  refusal('. {\n first\n foo\n}', 'Corefile:3: unknown plugin "foo"');
  refusal('. {\n broken\n}', 'Corefile:2: broken: it has a hole');
  refusal('. { first }\n\n. { first }', 'Corefile:3: .:53 has a server block already');
  refusal('10.0.0.0/x { first }', 'Corefile:1: Cannot parse IP range "10.0.0.0/x"');
  refusal('tls://. { first }', 'Corefile:1: tls://:853 needs the plugin tls with a certificate');
  refusal('. {\n first\n second\n first\n}', 'Corefile:4: first: it can be used only once in a server block');
  for (const address of ['nonsense', '12', '1.2.3.4', ':99999', '::1:80'])
    refusal(
      `. {\n serving ${address}\n}`,
      `Corefile:2: serving: "${address}" is no address such as :8080 or 127.0.0.1:8080`,
    );
  refusal('# nothing', 'Corefile:1: there is no server block');
  passed.length = 0;
  refusal('. {\n first\n broken\n}', 'Corefile:3: broken: it has a hole');
  assert.deepEqual(passed, ['first stops']);
});
