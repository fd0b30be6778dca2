import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { bundler } from './bundle.ts';

let dir: string;
const at = (name: string) => join(dir, name);
const bundle = () => bundler(at('bundles'))(at('main.ts'));
const says = (file: string) => execFileSync(process.execPath, [file], { encoding: 'utf8' });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bundle-'));
  writeFileSync(at('main.ts'), `import { word } from './word.ts';\nconsole.log(word satisfies string);\n`);
  writeFileSync(at('word.ts'), `export const word: string = 'one';\n`);
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a component and all it imports become one file that Node runs', async () => {
  const { file } = await bundle();
  chmodSync(file, 0o755);
  rmSync(at('word.ts'));
  assert.equal(says(file), 'one\n');
});

test('nothing is made anew while no source file changed', async () => {
  const { file } = await bundle();
  utimesSync(file, 1, 1);
  assert.equal((await bundle()).file, file);
  assert.equal(statSync(file).mtimeMs, 1_000);
});

test('a changed import makes another bundle in place of the old one', async () => {
  const first = await bundle();
  writeFileSync(at('word.ts'), `export const word: string = 'another';\n`);
  const second = await bundle();
  assert.notEqual(second.sha256, first.sha256);
  assert.equal(says(second.file), 'another\n');
  assert.equal(readdirSync(at('bundles')).filter((name) => name.endsWith('.mjs')).length, 1);
});

test('what cannot be bundled is said, not left out', async () => {
  writeFileSync(at('main.ts'), `import './missing.ts';\n`);
  await assert.rejects(bundle(), /Could not resolve ".\/missing.ts"/);
});
