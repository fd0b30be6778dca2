/** The rules of the house that no linter knows: who may import whom, and that every room has its tests. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';

const root = join(import.meta.dirname, '..');
const files = globSync('src/**/*.ts', { cwd: root });

const component = ['api', 'client', 'lib'];

/** Folder below src → the folders that it may import from, beside itself. */
const mayImport: Record<string, readonly string[] | 'anything'> = {
  lib: [],
  api: ['lib'],
  nft: ['lib'],
  store: ['api', 'lib'],
  client: ['api', 'lib'],
  apiserver: ['api', 'store', 'client', 'lib'],
  controllers: component,
  scheduler: component,
  kubelet: component,
  network: [...component, 'nft', 'kubelet'],
  proxy: [...component, 'nft'],
  loadbalancer: component,
  policy: [...component, 'nft'],
  dns: component,
  ingress: component,
  agent: [...component, 'nft', 'kubelet', 'network', 'proxy', 'loadbalancer', 'policy'],
  cluster: 'anything',
  cli: 'anything',
};

/** All that a folder may take from a neighbour that it does not stand on. */
const onlyThese: Record<string, { room: string; files: readonly string[] }> = {
  network: { room: 'kubelet', files: ['src/kubelet/contract.ts'] },
  apiserver: { room: 'client', files: ['src/client/contract.ts', 'src/client/path.ts'] },
};

interface Import {
  from: string;
  to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => ({
    from: file,
    to: relative(root, join(root, dirname(file), match[1] ?? '')),
  }));
}

const roomOf = (file: string): string => file.split('/')[1] ?? '';
const isTest = (file: string): boolean => /\.(test|suite)\.ts$|\/testing\//.test(file);

describe('the house', () => {
  const imports = files.filter((file) => !isTest(file)).flatMap(importsOf);

  test('imports point down the list of the rooms only', () => {
    const wrong = imports.filter(({ from, to }) => {
      const allowed = mayImport[roomOf(from)];
      assert.ok(allowed, `${from} is in a room that the list does not have`);
      if (allowed === 'anything' || roomOf(from) === roomOf(to)) return false;
      if (!to.startsWith('src/')) return true;
      return !allowed.includes(roomOf(to));
    });
    assert.deepEqual(wrong, []);
  });

  test('neighbours meet through their contracts', () => {
    const wrong = imports.filter(({ from, to }) => {
      const allowed = onlyThese[roomOf(from)];
      return allowed !== undefined && roomOf(to) === allowed.room && !allowed.files.includes(to);
    });
    assert.deepEqual(wrong, []);
  });

  test('every room has tests', () => {
    const untested = Object.keys(mayImport).filter(
      (room) => !files.some((file) => roomOf(file) === room && isTest(file)),
    );
    assert.deepEqual(untested, []);
  });

  test('nothing in the project names a path of the machine it was written on', () => {
    const wrong = globSync('{src,test,demo,bench,docs,images,addons,examples,scripts}/**/*.{ts,md,yaml}', {
      cwd: root,
    })
      .concat(globSync('*.md', { cwd: root }))
      .filter(
        (file) =>
          file !== 'test/tidy.test.ts' &&
          /\/work\/|\/root\/\.|\.\.\/shared/.test(readFileSync(join(root, file), 'utf8')),
      );
    assert.deepEqual(wrong, []);
  });
});
