import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import { fromKubeconfig } from '../client/kubeconfig.ts';
import { kubeconfigOf, mergeKubeconfig, unmergeKubeconfig, writeKubeconfig } from './kubeconfig.ts';

const ours = kubeconfigOf({
  name: 'switchboard-dev',
  server: 'https://127.0.0.1:6443',
  ca: 'CA',
  cert: 'CERT',
  key: 'KEY',
});

const theirs = `
apiVersion: v1
kind: Config
clusters: [{ name: work, cluster: { server: https://work.example } }]
users: [{ name: me, user: { token: secret } }]
contexts: [{ name: work, context: { cluster: work, user: me } }]
current-context: work
`;

describe('a kubeconfig', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(`${tmpdir()}/switchboard-kubeconfig-`);
    file = `${directory}/config`;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test('written by us is read by our own client', () => {
    writeKubeconfig(file, ours);
    assert.deepEqual(fromKubeconfig(file), {
      server: 'https://127.0.0.1:6443',
      ca: 'CA',
      cert: 'CERT',
      key: 'KEY',
    });
    assert.equal(statSync(file).mode & 0o077, 0, 'nobody else may read the key');
  });

  test('of the user keeps its own contexts when ours is added, and gets its current one back', () => {
    writeFileSync(file, theirs);
    mergeKubeconfig(file, ours);
    mergeKubeconfig(file, ours);
    const merged = parse(readFileSync(file, 'utf8'));
    assert.deepEqual(
      merged.contexts.map((c: { name: string }) => c.name),
      ['work', 'switchboard-dev'],
    );
    assert.equal(merged['current-context'], 'switchboard-dev');
    unmergeKubeconfig(file, 'switchboard-dev');
    assert.deepEqual(parse(readFileSync(file, 'utf8')), parse(theirs));
  });

  test('that cannot be read is left alone, and the error names the file', () => {
    writeFileSync(file, 'clusters: [');
    assert.throws(() => mergeKubeconfig(file, ours), new RegExp(`Cannot read the kubeconfig ${file}`));
    assert.equal(readFileSync(file, 'utf8'), 'clusters: [');
  });
});
