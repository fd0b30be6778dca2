/** Client-side apply in every version: sets that are pruned, lists, folders, and what stands in its way. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Kubectl, kubectlWith } from '../../support/kubectl.ts';
import type { KubectlProgram } from '../../support/kubectls.ts';
import { placeOf, programs } from './cluster.ts';

const map = (name: string, value: string, labels = '{set: one}') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: ${labels}}\ndata: {value: "${value}"}\n`;

// Several at once: a kubectl is mostly busy with its own start.
describe('kubectl apply, version by version', { concurrency: 3 }, () => {
  for (const program of programs) applies(program);
});

function applies({ version, path }: KubectlProgram): void {
  describe(`kubectl ${version} applies`, { concurrency: 1 }, () => {
    const own = `applying-${version.replace('.', '-')}`;
    const minor = Number(version.split('.')[1]);
    let kubectl: Kubectl;
    const directory = mkdtempSync(join(tmpdir(), 'switchboard-set-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    before(async () => {
      const place = await placeOf(own);
      kubectl = kubectlWith(place.kubeconfig, path);
    });
    after(async () => {
      rmSync(directory, { recursive: true });
      await kubectl('delete', 'namespace', own, '--wait=false');
    });

    test('a set by label, and prunes what is no longer in it', async () => {
      await kubectl.input(`${map('kept', '1')}---\n${map('dropped', '1')}`, 'apply', '-f', '-');
      await kubectl.input(map('other', '1', '{set: two}'), 'apply', '-f', '-');
      // It was made otherwise, and nobody takes it away.
      await kubectl('create', 'configmap', 'created');
      await kubectl('label', 'configmap', 'created', 'set=one');
      const kinds = minor >= 26 ? '--prune-allowlist' : '--prune-whitelist';
      const said = await kubectl.input(
        map('kept', '2'),
        ...['apply', '-f', '-', '--prune', '-l', 'set=one', `${kinds}=core/v1/ConfigMap`],
      );
      assert.equal(said, 'configmap/kept configured\nconfigmap/dropped pruned\n');
      assert.equal(
        await kubectl('get', 'configmaps', '-l', 'set', '-o', 'name'),
        'configmap/created\nconfigmap/kept\nconfigmap/other\n',
      );
    });

    test('folders and lists, and says on trial what it would do', async () => {
      mkdirSync(join(directory, 'folder/deep'), { recursive: true });
      file('folder/one.yaml', map('one', '1'));
      file(
        'folder/deep/two.json',
        JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'two' } }),
      );
      const folder = join(directory, 'folder');
      const client = await kubectl('apply', '-R', '-f', folder, '--dry-run=client');
      assert.match(client, /configmap\/one created \(dry run\)/);
      assert.match(
        await kubectl('apply', '-R', '-f', folder, '--dry-run=server'),
        /two created \(server dry run\)/,
      );
      assert.match(await kubectl('apply', '-R', '-f', folder), /^(configmap\/\w+ created\n){2}$/);
      const list = {
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'of-list' } }],
      };
      assert.equal(
        await kubectl('apply', '-f', file('list.json', JSON.stringify(list))),
        'configmap/of-list created\n',
      );
      assert.match(await kubectl('apply', '-f', folder, '-o', 'yaml'), /name: one/);
    });

    test('over what others made, with a warning, and keeps what is theirs', async () => {
      await kubectl('create', 'configmap', 'before', '--from-literal=theirs=1');
      const manifest = file('before.yaml', map('before', 'mine'));
      const { stdout, stderr } = await kubectl.attempt('apply', '-f', manifest);
      assert.equal(stdout, 'configmap/before configured\n');
      assert.match(stderr, /missing the kubectl\.kubernetes\.io\/last-applied-configuration annotation/);
      const data = async () =>
        JSON.parse(await kubectl('get', 'cm', 'before', '-o', 'jsonpath={.data}')) as object;
      assert.deepEqual(await data(), { theirs: '1', value: 'mine' });
      file('before.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: before}\ndata: {}\n');
      await kubectl('apply', '-f', manifest);
      assert.deepEqual(await data(), { theirs: '1' });
    });

    test('what cannot be changed only by force, which makes it anew', async () => {
      const fixed = (value: string) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fixed}\nimmutable: true\ndata: {a: "${value}"}\n`;
      const manifest = file('fixed.yaml', fixed('1'));
      await kubectl('apply', '-f', manifest);
      file('fixed.yaml', fixed('2'));
      const refused = await kubectl.attempt('apply', '-f', manifest);
      assert.match(refused.stderr, /data: Forbidden: field is immutable when `immutable` is set/);
      assert.equal(refused.code, 1);
      await kubectl('apply', '-f', manifest, '--force');
      assert.equal(await kubectl('get', 'cm', 'fixed', '-o', 'jsonpath={.data.a}'), '2');
    });
  });
}
