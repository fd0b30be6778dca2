import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext, handleOf, query, refused, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { template } from './index.ts';

function asking(lines: string) {
  const context = fakeContext();
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

test('what does not match does not exist, unless it falls through', async () => {
  const { dig } = asking('template ANY ANY example {\n match "^a[.]" "^b[.]"\n rcode NOERROR\n}');
  assert.deepEqual(await dig('b.example. MX'), []);
  assert.deepEqual(await dig('c.example. MX'), ['NXDOMAIN']);
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
  const { ask, context } = asking('template IN A {\n answer "{{ .Name }} A {{ .Group.none }}"\n}');
  await assert.rejects(ask('a.example.'), /Cannot read the record "a.example. A "/);
  const text = await context.registry.metrics();
  assert.match(text, /coredns_template_matches_total\{.*class="IN",type="A"\} 1/);
  assert.match(text, /coredns_template_template_failures_total\{.*\} 1/);
});

test('what is not understood is refused', () => {
  const refusal = (lines: string, expected: RegExp) => assert.throws(() => asking(lines), expected);
  refusal('template A', /Corefile:2: template: write `template CLASS TYPE \[ZONES\.\.\.\]`/);
  refusal('template IN A {\n match "("\n}', /Invalid regular expression/);
  refusal('template IN A {\n answer "{{ .Meta \\"x\\" }}"\n}', /is not supported/);
  refusal('template IN A {\n rcode FINE\n}', /Corefile:3: template: "FINE" is no code/);
  refusal('template IN A {\n answers x\n}', /Corefile:3: template: option "answers" is not supported/);
});
