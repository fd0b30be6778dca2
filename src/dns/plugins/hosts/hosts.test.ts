import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fakeContext, handleOf, query, refused, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { hosts } from './index.ts';

function asking(lines: string) {
  const context = fakeContext();
  const plugin = setUpFrom(hosts, lines, context);
  return {
    context,
    plugin,
    dig: async (text: string) => zoneText(await handleOf(plugin)(query(text), refused)),
  };
}

const inline = `hosts {
  192.0.2.1 a.example Alias.example # a comment
  192.0.2.2 a.example
  2001:db8::1 a.example
  ttl 60
  fallthrough org
}`;

test('names have the addresses of their lines, of the family that is asked for', async () => {
  const { dig } = asking(inline);
  assert.deepEqual(await dig('A.example.'), ['A.example. 60 A 192.0.2.1', 'A.example. 60 A 192.0.2.2']);
  assert.deepEqual(await dig('a.example. AAAA'), ['a.example. 60 AAAA 2001:db8::1']);
  assert.deepEqual(await dig('alias.example.'), ['alias.example. 60 A 192.0.2.1']);
  assert.deepEqual(await dig('alias.example. AAAA'), [], 'the name is there, such an address is not');
  assert.deepEqual(await dig('a.example. MX'), []);
});

test('addresses have the names of their lines, unless that is not wanted', async () => {
  const reverse = '1.2.0.192.in-addr.arpa.';
  assert.deepEqual(await asking(inline).dig(`${reverse} PTR`), [
    `${reverse} 60 PTR a.example.`,
    `${reverse} 60 PTR alias.example.`,
  ]);
  const none = asking('hosts {\n 192.0.2.1 a.example\n no_reverse\n}');
  assert.deepEqual(await none.dig(`${reverse} PTR`), ['REFUSED']);
});

test('other names are passed on where that is wanted, and fail otherwise', async () => {
  const { dig } = asking(inline);
  assert.deepEqual(await dig('b.org.'), ['REFUSED']);
  assert.deepEqual(await dig('b.example.'), ['SERVFAIL']);
  assert.deepEqual(await dig('9.2.0.192.in-addr.arpa. PTR'), ['REFUSED']);
});

test('a file is read, and again when it changes', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'dns-hosts-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'hosts');
  writeFileSync(file, '192.0.2.1 a.example\nnonsense\n192.0.2.999 b.example\n');
  const { dig, plugin, context } = asking(`hosts ${file} example`);
  t.after(() => plugin.stop?.());
  assert.deepEqual(await dig('a.example.'), ['a.example. 3600 A 192.0.2.1']);
  assert.deepEqual(await dig('a.org.'), ['REFUSED']);
  assert.match(await context.registry.metrics(), /coredns_hosts_entries 1\n/);
  assert.match(await context.registry.metrics(), /coredns_hosts_reload_timestamp_seconds [\d.]+\n/);
  plugin.start?.();
  writeFileSync(file, '192.0.2.2 a.example\n');
  for (let i = 0; i < 4000 && !(await dig('a.example.'))[0]?.endsWith('.2'); i++)
    await new Promise((wait) => setTimeout(wait, 5));
  assert.deepEqual(await dig('a.example.'), ['a.example. 3600 A 192.0.2.2']);
});

test('entries in the Corefile stand beside those of the file', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'dns-hosts-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'hosts'), '192.0.2.1 a.example\n');
  const pathOf = (file: string) => (file === '/etc/hosts' ? join(directory, 'hosts') : file);
  for (const first of ['hosts', `hosts ${join(directory, 'hosts')}`]) {
    const plugin = setUpFrom(hosts, `${first} {\n 192.0.2.2 b.example\n}`, fakeContext({ pathOf }));
    const dig = async (name: string) => zoneText(await handleOf(plugin)(query(name), refused));
    assert.deepEqual(await dig('a.example.'), ['a.example. 3600 A 192.0.2.1']);
    assert.deepEqual(await dig('b.example.'), ['b.example. 3600 A 192.0.2.2']);
  }
});

test('a file that is not there is a warning', () => {
  assert.match(
    asking('hosts /nowhere/hosts').context.log.lines[0] ?? '',
    /^warn the file of hosts cannot be read/,
  );
});

test('what is not understood is refused', () => {
  const refusal = (option: string, expected: RegExp) =>
    assert.throws(() => asking(`hosts {\n ${option}\n}`), expected);
  refusal('ttl 70000', /Corefile:3: hosts: ttl is a number from 0 to 65535, not "70000"/);
  refusal('reload soon', /Corefile:3: hosts: reload is a duration such as 10s, not "soon"/);
  refusal('a.example 192.0.2.1', /Corefile:3: hosts: option "a.example" is not supported/);
});
