import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fakeContext, setUpFrom } from '../../testing/context.ts';
import { reload } from './index.ts';

test('several changes within moments, as of a ConfigMap volume, are one reload', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'dns-reload-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const context = fakeContext({ sources: () => [join(directory, 'Corefile')] });
  const plugin = setUpFrom(reload, 'reload', context);
  plugin.start?.();
  t.after(() => plugin.stop?.());
  writeFileSync(join(directory, 'data'), '. { errors }');
  symlinkSync('data', join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), join(directory, 'Corefile'));
  for (let i = 0; i < 4000 && context.told.length === 0; i++) {
    await new Promise((wait) => setTimeout(wait, 5));
    context.clock.advance(200);
  }
  assert.deepEqual(context.told, ['reload']);
});

test('which Corefile is served is in the metrics and in the log', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'dns-reload-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const files = ['Corefile', 'more.conf'].map((name) => join(directory, name));
  for (const file of files) writeFileSync(file, 'abc');
  const context = fakeContext({ sources: () => files });
  const plugin = setUpFrom(reload, 'reload', context);
  plugin.start?.();
  t.after(() => plugin.stop?.());
  const hash = createHash('sha512').update('abcabc').digest('hex');
  assert.match(
    await context.registry.metrics(),
    new RegExp(`^coredns_reload_version_info\\{hash="sha512",value="${hash}"\\} 1$`, 'm'),
  );
  assert.match(context.log.lines[0] ?? '', new RegExp(`^info Running configuration SHA512 = ${hash} `));
});

test('a directory that cannot be watched is a warning, not the end', () => {
  const context = fakeContext({ sources: () => ['/nowhere/Corefile'] });
  setUpFrom(reload, 'reload', context).start?.();
  assert.match(context.log.lines[0] ?? '', /^warn reload: the Corefile cannot be watched/);
});

test('intervals are taken, and bounded as CoreDNS does it', () => {
  setUpFrom(reload, 'reload 30s 15s', fakeContext());
  const refusal = (lines: string, expected: RegExp) =>
    assert.throws(() => setUpFrom(reload, lines, fakeContext()), expected);
  refusal('reload 1s', /Corefile:2: reload: its interval is at least 2s/);
  refusal('reload 10s 0s', /Corefile:2: reload: its jitter is at least 1s/);
  refusal('reload often', /reload: its interval is a duration/);
  refusal('reload 30s 15s 1s', /Corefile:2: reload: "1s" is not supported/);
});
