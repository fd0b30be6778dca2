import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fromKubeconfig, inCluster } from './kubeconfig.ts';

describe('a kubeconfig', () => {
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-kubeconfig-'));
  after(() => rmSync(directory, { recursive: true }));

  const file = (user: string, cluster = '') => {
    const path = join(directory, 'kubeconfig');
    const text = `
current-context: here
contexts: [{name: here, context: {cluster: one, user: me}}]
clusters: [{name: one, cluster: {server: "https://192.0.2.1:6443"${cluster}}}]
users: [{name: me, user: {${user}}}]`;
    writeFileSync(path, text);
    return path;
  };

  test('names files beside itself', () => {
    for (const name of ['ca', 'token']) writeFileSync(join(directory, name), `the ${name}\n`);
    const endpoint = fromKubeconfig(file('tokenFile: token', ', certificate-authority: ca'));
    assert.equal(endpoint.server, 'https://192.0.2.1:6443');
    assert.equal(endpoint.ca, 'the ca\n');
    assert.equal(endpoint.token?.(), 'the token');
  });

  test('is refused when it asks for what is not here: nobody is asked as somebody else', () => {
    for (const user of ['exec: {command: login}', 'auth-provider: {name: x}', 'username: x', 'as: x'])
      assert.throws(
        () => fromKubeconfig(file(user)),
        /^Error: Cannot use .*: ".*" of its user is not supported$/,
      );
    assert.throws(() => fromKubeconfig(file('', ', proxy-url: x')), /"proxy-url" of its cluster/);
  });

  test('is refused when its server cannot be asked over TLS', () => {
    const path = file('');
    const text = readFileSync(path, 'utf8');
    for (const server of ['http://192.0.2.1:6443', '192.0.2.1:6443', 'https://', '']) {
      writeFileSync(path, text.replace('https://192.0.2.1:6443', server));
      assert.throws(() => fromKubeconfig(path), /^Error: Cannot use .*: ".*" is no server; give one such as/);
    }
  });

  test('a pod has its own', () => {
    for (const name of ['ca.crt', 'token']) writeFileSync(join(directory, name), name);
    const env = { KUBERNETES_SERVICE_HOST: 'fd96::1', KUBERNETES_SERVICE_PORT: '6443' };
    const { server, ca, token } = inCluster(env, directory);
    assert.deepEqual([server, ca, token?.()], ['https://[fd96::1]:6443', 'ca.crt', 'token']);
    assert.throws(() => inCluster({}, directory), /give --kubeconfig, or run in a pod/);
  });
});
