import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chain } from '../../chain.ts';
import type { Next, Query } from '../../contract.ts';
import { parseCorefile } from '../../corefile/parse.ts';
import { fakeContext, query } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { addressRecord, cnameRecord, mxRecord, replyTo, soaRecord } from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';
import { rewrite } from './index.ts';

/** Behind the rules is a world in which every name has an address, and `alias` leads to `old.example.`. */
function asking(lines: string) {
  const asked: Query[] = [];
  const world: Next = (each) => {
    asked.push(each);
    const { message, question, name } = each;
    const own = replyTo(message, name.startsWith('none.') ? 3 : 0);
    if (own.rcode !== 0) return own;
    const { type } = question;
    if (name.startsWith('alias.'))
      return {
        ...own,
        answers: [
          cnameRecord(question.name, 60, 'old.example.'),
          addressRecord('old.example.', 60, '10.0.0.9'),
        ],
      };
    if (type === recordType.SOA)
      return { ...own, answers: [soaRecord(question.name, 60, soaOf(`ns.${name}`, `root.${name}`))] };
    if (type === recordType.MX) return { ...own, answers: [mxRecord(question.name, 60, 1, `mail.${name}`)] };
    return {
      ...own,
      answers: [addressRecord(question.name, 60, type === recordType.AAAA ? '::1' : '10.0.0.1')],
    };
  };
  const context = fakeContext({ resolve: world });
  const directives = parseCorefile(`. {\n${lines}\n}`)[0]?.directives ?? [];
  const plugins = directives.map((directive) => rewrite(directive, context));
  const next = chain([...plugins, { name: 'world', handle: world }]);
  return { asked, ask: next, dig: async (text: string) => zoneText(await next(query(text))) };
}

const soaOf = (mname: string, rname: string) => ({
  ...{ mname, rname },
  ...{ serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
});

/** Which name is asked for instead. */
async function becomes(lines: string, name: string): Promise<string | undefined> {
  const { asked, dig } = asking(lines);
  await dig(name);
  return asked[0]?.name;
}

describe('a name', () => {
  test('becomes another by its whole, its beginning, its end, a part or a pattern', async () => {
    assert.equal(await becomes('rewrite name a.example b.example', 'A.example.'), 'b.example.');
    assert.equal(await becomes('rewrite name exact a.example b.example', 'x.a.example.'), 'x.a.example.');
    assert.equal(await becomes('rewrite name prefix a- b-', 'a-1.example.'), 'b-1.example.');
    assert.equal(
      await becomes('rewrite name suffix .old.example .example', 'x.y.old.example.'),
      'x.y.example.',
    );
    assert.equal(await becomes('rewrite name substring old new', 'old.old.example.'), 'new.new.example.');
    assert.equal(
      await becomes('rewrite name regex (.*)\\.(us|eu)\\.example {1}.{2}.svc.cluster.local', 'x.eu.example.'),
      'x.eu.svc.cluster.local.',
    );
  });
  test('is the one that was asked for in the answer again', async () => {
    const { dig } = asking('rewrite name A.example b.example');
    assert.deepEqual(await dig('a.EXAMPLE.'), ['a.EXAMPLE. 60 A 10.0.0.1']);
    assert.deepEqual(await asking('rewrite name suffix .a.example .b.example').dig('x.a.example.'), [
      'x.a.example. 60 A 10.0.0.1',
    ]);
  });
  test('in a record is changed where that is wanted', async () => {
    const auto = asking('rewrite name suffix .a.example .b.example answer auto');
    assert.deepEqual(await auto.dig('x.a.example. MX'), ['x.a.example. 60 MX 1 mail.x.a.example.']);
    assert.deepEqual(await auto.dig('x.a.example. SOA'), [
      'x.a.example. 60 SOA ns.x.a.example. root.x.a.example. 1 2 3 4 5',
    ]);
    const plain = asking('rewrite name suffix .a.example .b.example');
    assert.deepEqual(await plain.dig('x.a.example. MX'), ['x.a.example. 60 MX 1 mail.x.b.example.']);
    const byPattern = asking(
      'rewrite stop {\n name regex (.*)\\.in\\.example {1}.default.svc.cluster.local\n answer auto\n}',
    );
    assert.deepEqual(await byPattern.dig('x.in.example. MX'), ['x.in.example. 60 MX 1 mail.x.in.example.']);
    const whole = asking('rewrite name a.example b.example');
    assert.deepEqual(await whole.dig('a.example. MX'), ['a.example. 60 MX 1 mail.a.example.']);
    const byHand = asking(`rewrite stop {
      name regex (.*)\\.a\\.example {1}.b.example
      answer name (.*)\\.b\\.example {1}.a.example
      answer value mail\\.(.*) post.{1}
    }`);
    assert.deepEqual(await byHand.dig('x.a.example. MX'), ['x.a.example. 60 MX 1 post.x.b.example.']);
  });
});

describe('rules', () => {
  test('end with the first that fits', async () => {
    const lines = 'rewrite name a. b.\nrewrite name b. c.';
    assert.equal(await becomes(lines, 'a.'), 'b.');
    assert.equal(await becomes(lines, 'b.'), 'c.');
    assert.equal(await becomes('rewrite continue name a. b.\nrewrite name b. c.', 'a.'), 'c.');
  });
  test('change the type and the class that is asked for', async () => {
    const { asked, dig } = asking('rewrite continue type AAAA A\nrewrite class IN CH');
    await dig('a. AAAA');
    assert.equal(asked[0]?.question.type, recordType.A);
    assert.equal(asked[0]?.question.class, 3);
  });
  test('may make a question of the class CHAOS one of the internet', async () => {
    const { ask } = asking('rewrite class CH IN');
    const chaos = query('version.bind. TXT');
    const question = { ...chaos.question, class: 3 };
    const reply = await ask({ ...chaos, question, message: { ...chaos.message, questions: [question] } });
    assert.deepEqual(reply.questions, [question]);
    assert.equal(reply.answers.length, 1);
  });
  test('change ttls', async () => {
    assert.deepEqual(await asking('rewrite ttl a.example 5').dig('a.example.'), ['a.example. 5 A 10.0.0.1']);
    assert.deepEqual(await asking('rewrite ttl suffix example 70-').dig('a.example.'), [
      'a.example. 70 A 10.0.0.1',
    ]);
    assert.deepEqual(await asking('rewrite ttl suffix example -50').dig('a.example.'), [
      'a.example. 50 A 10.0.0.1',
    ]);
    assert.deepEqual(await asking('rewrite ttl b.example 5').dig('a.example.'), ['a.example. 60 A 10.0.0.1']);
  });
  test('change codes', async () => {
    const { dig } = asking('rewrite rcode suffix example NXDOMAIN SERVFAIL');
    assert.deepEqual(await dig('none.example.'), ['SERVFAIL']);
    assert.deepEqual(await dig('none.org.'), ['NXDOMAIN']);
  });
  test('lead aliases elsewhere', async () => {
    const { dig } = asking('rewrite cname exact old.example new.example');
    assert.deepEqual(await dig('alias.example.'), [
      'alias.example. 60 CNAME new.example.',
      'new.example. 60 A 10.0.0.1',
    ]);
    assert.deepEqual(await dig('a.example.'), ['a.example. 60 A 10.0.0.1']);
  });
  test('give upstreams options', async () => {
    const optionsWith = async (...lines: string[]) => {
      const { asked, dig } = asking(lines.map((line) => `rewrite continue edns0 ${line}`).join('\n'));
      await dig('a.');
      return asked[0]?.upstreamOptions?.map(
        ({ code, data }) => `${code} ${Buffer.from(data).toString('hex')}`,
      );
    };
    assert.deepEqual(await optionsWith('local set 0xffee 0x0102', 'nsid set'), ['65518 0102', '3 ']);
    assert.deepEqual(await optionsWith('local set 65001 {client_ip}'), ['65001 0af40009']);
    assert.deepEqual(await optionsWith('local set 65001 text', 'local append 65001 more'), [
      '65001 74657874',
    ]);
    assert.deepEqual(await optionsWith('local set 65001 a', 'local replace 65001 b'), ['65001 62']);
    assert.deepEqual(await optionsWith('local set 65001 a', 'local unset 65001'), []);
    assert.deepEqual(await optionsWith('subnet set 20 56'), ['8 000114000af400']);
    assert.deepEqual(await optionsWith('local set 65001 {qtype} revert'), ['65001 0001']);
  });
});

test('what is not understood is refused', () => {
  const refusal = (line: string, expected: RegExp) => assert.throws(() => asking(line), expected);
  refusal('rewrite color red blue', /Corefile:2: rewrite: a field is one of name, type, .*, not "color"/);
  refusal('rewrite name a', /write `name \[MATCHER\] FROM TO \[answer \.\.\.\]`/);
  refusal('rewrite name regex ( b', /Corefile:2: rewrite: Invalid regular expression/);
  refusal('rewrite name regex (a) {1}{2}', /Corefile:2: rewrite: \{2\} is more than \/\(a\)\/ has groups/);
  refusal('rewrite name regex a b answer name a {1}', /rewrite: \{1\} is more than \/a\/ has groups/);
  refusal('rewrite name prefix a b answer auto answer name c d', /`answer auto` does not go with/);
  refusal('rewrite name a b answers', /write `answer auto`/);
  refusal('rewrite type A NOPE', /rewrite: "NOPE" is no type/);
  refusal('rewrite ttl a. soon', /rewrite: ttl is a number/);
  refusal('rewrite edns0 local put 1 2', /write `edns0 local\|nsid\|subnet/);
  for (const line of [
    'type any a SURPLUS',
    'class ch in SURPLUS',
    'ttl a. 30 SURPLUS',
    'rcode a. NXDOMAIN NOERROR SURPLUS',
    'cname a. b. SURPLUS',
    'edns0 nsid set SURPLUS',
    'edns0 local unset 1 SURPLUS',
    'edns0 subnet set 24 56 SURPLUS',
  ])
    refusal(`rewrite ${line}`, /Corefile:2: rewrite: "SURPLUS" is not supported/);
  refusal('rewrite edns0 local set 1 0xabcdefg', /rewrite: "0xabcdefg" is not written in hexadecimal bytes/);
  refusal('rewrite edns0 local set 1 {metadata}', /rewrite: \{metadata\} is not supported/);
});
