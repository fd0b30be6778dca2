import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Next } from '../../contract.ts';
import { fakeContext, handleOf, query, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { addressRecord, replyTo } from '../../wire/message.ts';
import { rcode } from '../../wire/types.ts';
import { autopath } from './index.ts';

const path = ['default.svc.cluster.local.', 'svc.cluster.local.', 'cluster.local.'];

function asking(lines: string, ...there: string[]) {
  const asked: string[] = [];
  const world: Next = ({ message, question, name }) => {
    asked.push(name);
    if (!there.includes(name)) return replyTo(message, rcode.NXDOMAIN);
    return { ...replyTo(message), answers: [addressRecord(question.name, 5, '10.0.0.1')] };
  };
  const searchPath = ({ address }: { address: string }) => (address === '10.244.0.9' ? path : undefined);
  const context = fakeContext({ neighbours: () => [{ name: 'kubernetes', searchPath }] });
  const handle = handleOf(setUpFrom(autopath, lines, context));
  const dig = async (text: string, address = '10.244.0.9') =>
    zoneText(await handle(query(text, { address }), world));
  return { asked, dig, context };
}

test('a short name is looked for in the whole path with one question', async () => {
  const { dig, asked, context } = asking('autopath cluster.local @kubernetes', 'example.com.');
  assert.deepEqual(await dig('Example.com.default.svc.cluster.local.'), [
    'Example.com.default.svc.cluster.local. 5 CNAME Example.com.',
    'Example.com. 5 A 10.0.0.1',
  ]);
  assert.deepEqual(asked, [...path.map((domain) => `example.com.${domain}`), 'example.com.']);
  assert.match(await context.registry.metrics(), /coredns_autopath_success_total\{server="dns:\/\/:53"\} 1/);
});

test('a name that is there needs no alias, and one that is nowhere does not exist', async () => {
  const { dig } = asking('autopath @kubernetes', 'web.default.svc.cluster.local.');
  assert.deepEqual(await dig('web.default.svc.cluster.local.'), [
    'web.default.svc.cluster.local. 5 A 10.0.0.1',
  ]);
  assert.deepEqual(await dig('nope.default.svc.cluster.local.'), ['NXDOMAIN']);
});

test('other names, types and clients are passed on', async () => {
  const { dig, asked } = asking('autopath cluster.local @kubernetes');
  await dig('a.svc.cluster.local.');
  await dig('a.default.svc.cluster.local. MX');
  await dig('a.default.svc.cluster.local.', '192.0.2.1');
  await dig('a.example.');
  assert.equal(asked.length, 4);
});

test('the path of a resolv.conf is the same for all', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'dns-autopath-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(
    join(directory, 'resolv.conf'),
    'search no\nsearch Example.org example.com\noptions ndots:5\n',
  );
  const { dig } = asking(`autopath ${join(directory, 'resolv.conf')}`, 'a.example.com.');
  assert.deepEqual(await dig('a.example.org.', '192.0.2.1'), [
    'a.example.org. 5 CNAME a.example.com.',
    'a.example.com. 5 A 10.0.0.1',
  ]);
  assert.throws(() => asking('autopath'), /Corefile:2: autopath: write `autopath/);
});
