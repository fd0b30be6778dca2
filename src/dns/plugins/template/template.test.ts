import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SetUpContext } from '../../contract.ts';
import { fakeContext, handleOf, query, refused, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { addressRecord, replyTo } from '../../wire/message.ts';
import { template } from './index.ts';

function asking(lines: string, change: Partial<SetUpContext> = {}) {
  const context = fakeContext(change);
  const handle = handleOf(setUpFrom(template, lines, context));
  const ask = async (text: string) => handle(query(text), refused);
  return { context, ask, dig: async (text: string) => zoneText(await ask(text)) };
}

test('an answer is made from the parts of the name', async () => {
  const { dig } = asking(String.raw`template IN A example {
    match "^ip-(?P<a>\d+)-(?P<b>\d+)-(\d+)-(\d+)\.example\.$"
    answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ index .Match 3 }}.{{ .Group.4 }}"
    additional "{{ .Zone }} 60 TXT \"{{ .Class }} {{ .Type }} {{ .Remote }}\""
    authority "{{ .Zone }} 60 NS ns.{{ .Zone }}"
    fallthrough
  }`);
  assert.deepEqual(await dig('IP-10-1-2-3.example.'), [
    'ip-10-1-2-3.example. 60 A 10.1.2.3',
    '; authority',
    'example. 60 NS ns.example.',
    '; additional',
    'example. 60 TXT "IN A 10.244.0.9"',
  ]);
  assert.deepEqual(await dig('www.example.'), ['REFUSED'], 'it falls through');
  assert.deepEqual(await dig('ip-10-1-2-3.example. AAAA'), ['REFUSED'], 'another type');
  assert.deepEqual(await dig('ip-10-1-2-3.org.'), ['REFUSED'], 'another zone');
});

test('what does not match fails, unless it falls through', async () => {
  const { dig } = asking('template ANY ANY example {\n match "^a[.]" "^b[.]"\n rcode NOERROR\n}');
  assert.deepEqual(await dig('b.example. MX'), []);
  assert.deepEqual(await dig('c.example. MX'), ['SERVFAIL']);
});

test('a denial has the SOA record that is written for it, as in CoreDNS’s own examples', async () => {
  const { dig } = asking(`template ANY ANY invalid {
    rcode NXDOMAIN
    authority "invalid. 60 {{ .Class }} SOA ns.invalid. hostmaster.invalid. (1 60 60 60 60)"
  }`);
  assert.deepEqual(await dig('a.invalid.'), [
    'NXDOMAIN',
    '; authority',
    'invalid. 60 SOA ns.invalid. hostmaster.invalid. 1 60 60 60 60',
  ]);
});

test('numbers of another base are read', async () => {
  const { dig, ask } = asking(String.raw`template IN A example {
    match "^ip0a(?P<b>[a-f0-9]{2})([a-f0-9]{2,4})[.]example[.]$"
    answer "{{ .Name }} 60 IN A 10.0.{{ parseInt .Group.b 16 8 }}.{{ parseInt (index .Match 2) 16 8 }}"
  }`);
  assert.deepEqual(await dig('ip0a7b0f.example.'), ['ip0a7b0f.example. 60 A 10.0.123.15']);
  await assert.rejects(ask('ip0a7bffff.example.'), /Cannot parse "ffff": it has more than 8 bits/);
});

test('an alias is followed for who asks for an address', async () => {
  const { dig } = asking('template IN ANY foogle.com {\n answer "foogle.com 60 IN CNAME google.com"\n}', {
    resolve: ({ message, question }) => ({
      ...replyTo(message),
      answers: [addressRecord(question.name, 5, '192.0.2.7')],
    }),
  });
  assert.deepEqual(await dig('foogle.com.'), [
    'foogle.com. 60 CNAME google.com.',
    'google.com. 5 A 192.0.2.7',
  ]);
  assert.deepEqual(await dig('foogle.com. MX'), ['foogle.com. 60 CNAME google.com.']);
});

test('who asks for all types is answered as well, and the class CHAOS where it is meant', async () => {
  const { dig } = asking('template IN A {\n answer "{{ .Name }} 60 IN A 10.0.0.1"\n}');
  assert.deepEqual(await dig('a.example. ANY'), ['a.example. 60 A 10.0.0.1']);
  const knowsChaos = (line: string) => setUpFrom(template, line, fakeContext()).knowsChaos;
  assert.equal(knowsChaos('template ANY ANY'), true);
  assert.equal(knowsChaos('template IN ANY'), undefined);
});

test('a code alone is an answer, and may have a reason', async () => {
  const { ask } = asking('template IN AAAA {\n rcode REFUSED\n ederror 21 "no IPv6 here"\n}');
  const reply = await ask('a.example. AAAA');
  assert.equal(reply.rcode, 5);
  const [option] = reply.notes?.options ?? [];
  assert.equal(option?.code, 15);
  assert.equal(Buffer.from(option?.data ?? []).toString('latin1'), '\0\x15no IPv6 here');
});

test('a match, and one that makes no record, are counted', async () => {
  const { ask, context } = asking(`template IN ANY {
    match ^(x.*)[.]$
    answer "{{ .Name }} A {{ .Group.none }}"
  }`);
  await assert.rejects(ask('x.example.'), /Cannot read the record "x.example. A "/);
  await assert.rejects(ask('x.example. TYPE65400'));
  const number = asking('template IN A {\n answer "{{ .Name }} A {{ parseInt .Name 16 8 }}"\n}');
  await assert.rejects(number.ask('x.'), /Cannot parse "x." as a number of base 16/);
  const text = await context.registry.metrics();
  assert.match(text, /coredns_template_matches_total\{.*class="IN",type="A"\} 1/);
  assert.match(text, /coredns_template_matches_total\{.*class="IN",type="other"\} 1/);
  assert.match(
    text,
    /coredns_template_rr_failures_total\{.*type="A",section="answer",template="\{\{ \.Name \}\} A .*"\} 1/,
  );
  assert.match(
    await number.context.registry.metrics(),
    /coredns_template_template_failures_total\{.*section="answer",.*\} 1/,
  );
});

test('what is not understood is refused', () => {
  const refusal = (lines: string, expected: RegExp) => assert.throws(() => asking(lines), expected);
  refusal('template A', /Corefile:2: template: write `template CLASS TYPE \[ZONES\.\.\.\]`/);
  refusal('template IN A {\n match "("\n}', /Corefile:3: template: Invalid regular expression/);
  refusal('template IN A {\n answer "{{ .Meta \\"x\\" }}"\n}', /Corefile:3: template: .* is not supported/);
  refusal('template IN A {\n rcode FINE\n}', /Corefile:3: template: "FINE" is no code/);
  refusal('template IN A {\n answers x\n}', /Corefile:3: template: option "answers" is not supported/);
});
