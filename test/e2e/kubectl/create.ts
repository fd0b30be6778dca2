import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ConfigMap, Secret, Service } from '../../../src/api/types.ts';
import { eventually } from '../../support/eventually.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { placeOf, refuses } from './cluster.ts';

describe('kubectl create', () => {
  let kubectl: Kubectl;
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-create-'));
  const file = (name: string) => join(directory, name);
  before(async () => {
    ({ kubectl } = await placeOf('creating'));
  });
  after(() => rmSync(directory, { recursive: true }));

  const decoded = ({ data = {} }: Secret) =>
    Object.fromEntries(Object.entries(data).map(([k, v]) => [k, Buffer.from(v, 'base64').toString()]));

  test('a namespace, which is there at once and once', async () => {
    assert.equal(await kubectl('create', 'namespace', 'another'), 'namespace/another created\n');
    await refuses(
      kubectl.attempt('create', 'namespace', 'another'),
      /\(AlreadyExists\).*"another" already exists/,
    );
  });

  test('a deployment with replicas and a port', async () => {
    await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=2', '--port=80');
    const path =
      'jsonpath={.spec.replicas} {.spec.selector.matchLabels.app} {.spec.template.spec.containers[0].ports[0].containerPort}';
    assert.equal(await kubectl('get', 'deployment', 'web', '-o', path), '2 web 80');
  });

  test('services of every type', async () => {
    await kubectl('create', 'service', 'clusterip', 'inside', '--tcp=80:8080');
    await kubectl('create', 'service', 'clusterip', 'none', '--clusterip=None');
    await kubectl('create', 'service', 'nodeport', 'outside', '--tcp=80', '--node-port=30911');
    await kubectl('create', 'service', 'externalname', 'elsewhere', '--external-name=example.org');
    await kubectl('create', 'service', 'loadbalancer', 'balanced', '--tcp=80');
    const spec = async (name: string) => (await kubectl.json<Service>('get', 'service', name)).spec;
    assert.match((await spec('inside'))?.clusterIP ?? '', /^10\./);
    assert.equal((await spec('none'))?.clusterIP, 'None');
    assert.equal((await spec('outside'))?.ports?.[0]?.nodePort, 30911);
    assert.equal((await spec('elsewhere'))?.externalName, 'example.org');
    await eventually(async () =>
      assert.match(
        await kubectl('get', 'service', 'balanced'),
        /LoadBalancer +10\.\S+ +172\.30\.\S+ +80:3\d{4}\/TCP/,
      ),
    );
    await refuses(
      kubectl.attempt('create', 'service', 'nodeport', 'taken', '--tcp=80', '--node-port=30911'),
      /provided port is already allocated/,
    );
  });

  test('a configmap from literals and files', async () => {
    writeFileSync(file('page.html'), 'hello\n');
    writeFileSync(file('raw'), Buffer.from([0, 255, 1]));
    writeFileSync(file('settings.env'), 'A=1\nB=2\n');
    await kubectl(
      'create',
      'configmap',
      'files',
      '--from-literal=a=b',
      `--from-file=${file('page.html')}`,
      `--from-file=bytes=${file('raw')}`,
    );
    const made = await kubectl.json<ConfigMap>('get', 'configmap', 'files');
    assert.deepEqual(made.data, { a: 'b', 'page.html': 'hello\n' });
    assert.deepEqual(made.binaryData, { bytes: 'AP8B' });
    await kubectl('create', 'configmap', 'variables', `--from-env-file=${file('settings.env')}`);
    assert.deepEqual((await kubectl.json<ConfigMap>('get', 'cm', 'variables')).data, { A: '1', B: '2' });
  });

  test('secrets: generic, for TLS, for a registry', async () => {
    await kubectl('create', 'secret', 'generic', 'plain', '--from-literal=user=me');
    const plain = await kubectl.json<Secret>('get', 'secret', 'plain');
    assert.deepEqual([plain.type, decoded(plain)], ['Opaque', { user: 'me' }]);
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-subj',
          '/CN=a',
        ],
        ...['-keyout', file('key'), '-out', file('crt')],
      ],
      { stdio: 'ignore' },
    );
    await kubectl('create', 'secret', 'tls', 'cert', `--cert=${file('crt')}`, `--key=${file('key')}`);
    const cert = await kubectl.json<Secret>('get', 'secret', 'cert');
    assert.equal(cert.type, 'kubernetes.io/tls');
    assert.deepEqual(Object.keys(cert.data ?? {}).sort(), ['tls.crt', 'tls.key']);
    await kubectl(
      'create',
      'secret',
      'docker-registry',
      'pull',
      '--docker-server=registry.example',
      '--docker-username=u',
      '--docker-password=p',
    );
    const pull = await kubectl.json<Secret>('get', 'secret', 'pull');
    assert.equal(pull.type, 'kubernetes.io/dockerconfigjson');
    assert.match(decoded(pull)['.dockerconfigjson'] ?? '', /registry\.example/);
  });

  test('a service account, and a token that is its own', async () => {
    await kubectl('create', 'serviceaccount', 'robot');
    const token = (await kubectl('create', 'token', 'robot', '--duration=10m')).trim();
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    assert.equal(claims['sub'], 'system:serviceaccount:creating:robot');
    assert.equal(Number(claims['exp']) - Number(claims['iat']), 600);
  });

  test('from a manifest with generateName, each time another', async () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n';
    const [one, two] = await Promise.all(
      [1, 2].map(() => kubectl.input(manifest, 'create', '-f', '-', '-o', 'name')),
    );
    assert.match(one ?? '', /^configmap\/made-\w{5}\n$/);
    assert.notEqual(one, two);
  });

  test('nothing is made by a dry run, neither of the client nor of the server', async () => {
    const made = await kubectl(
      'create',
      'configmap',
      'dry',
      '--from-literal=a=b',
      '--dry-run=client',
      '-o',
      'yaml',
    );
    assert.match(made, /kind: ConfigMap/);
    const answered = await kubectl(
      'create',
      'configmap',
      'dry',
      '--dry-run=server',
      '-o',
      'jsonpath={.metadata.uid}',
    );
    assert.match(answered, /^[0-9a-f-]{36}$/);
    assert.equal(await kubectl('get', 'configmap', 'dry', '--ignore-not-found'), '');
    // What the one kubectl writes, another reads.
    assert.equal(await kubectl.input(made, 'apply', '-f', '-'), 'configmap/dry created\n');
  });

  test('a kind that is not served is refused with its name', async () => {
    const unicorn = 'apiVersion: example.org/v1\nkind: Unicorn\nmetadata: {name: a}\n';
    await assert.rejects(
      kubectl.input(unicorn, 'create', '-f', '-'),
      /no matches for kind "Unicorn" in version "example\.org\/v1"/,
    );
  });
});
