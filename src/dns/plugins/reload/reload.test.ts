import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fakeContext, setUpFrom } from '../../testing/context.ts';
import { reload } from './index.ts';

test('several changes within moments, as of a ConfigMap volume, are one reload', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'dns-reload-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const context = fakeContext({ corefile: join(directory, 'Corefile') });
  const plugin = setUpFrom(reload, 'reload', context);
  plugin.start?.();
  t.after(() => plugin.stop?.());
  writeFileSync(join(directory, 'data'), '. { errors }');
  symlinkSync('data', join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), join(directory, 'Corefile'));
  for (let i = 0; i < 100 && context.told.length === 0; i++) {
    await new Promise((wait) => setTimeout(wait, 5));
    context.clock.advance(200);
  }
  assert.deepEqual(context.told, ['reload']);
});

test('a directory that cannot be watched is a warning, not the end', () => {
  const context = fakeContext({ corefile: '/nowhere/Corefile' });
  setUpFrom(reload, 'reload', context).start?.();
  assert.match(context.log.lines[0] ?? '', /^warn reload: the Corefile cannot be watched/);
});
