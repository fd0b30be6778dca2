/** Server-side apply as every kubectl does it, from one that has just learned it to the newest. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { KubeObject } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { type Kubectl, kubectlWith } from '../support/kubectl.ts';
import { type KubectlProgram, kubectls } from '../support/kubectls.ts';

const tried: ReadonlySet<string> = new Set(['1.20', '1.27', '1.29', '1.31', '1.33']);
const programs = (await kubectls()).filter(({ version }) => tried.has(version));

let cluster: TestCluster;
const directory = mkdtempSync(join(tmpdir(), 'switchboard-apply-'));
before(async () => {
  cluster = await startCluster({ name: 'e2e-server-side-apply' });
});
after(async () => {
  rmSync(directory, { recursive: true });
  await cluster?.down();
});

/** A Deployment that needs nothing of a node until it is scaled. */
const deployment = (spec: string, image = 'nginx') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  ${spec}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: ${image} }] }
`;
const map = (name: string, data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, labels: { set: these } }
data: { ${data} }
---
`;

test('there is a kubectl of 1.20 to try', () => {
  assert.ok(programs.some(({ version }) => version === '1.20'));
});

for (const program of programs) applyWith(program);

function applyWith({ version, path }: KubectlProgram): void {
  describe(`kubectl ${version}`, { concurrency: false }, () => {
    const namespace = `with-${version.replace('.', '-')}`;
    const minor = Number(version.split('.')[1]);
    let kubectl: Kubectl;
    before(async () => {
      kubectl = kubectlWith(cluster.kubeconfig, path);
      await kubectl('create', 'namespace', namespace);
    });

    const manifest = (text: string) => {
      const file = join(directory, `${namespace}.yaml`);
      writeFileSync(file, text);
      return file;
    };
    const inPlace = (...args: string[]) => [...args, '-n', namespace];
    const apply = (text: string, ...more: string[]) =>
      kubectl(...inPlace('apply', '--server-side', '-f', manifest(text), ...more));
    const refused = async (text: string, ...more: string[]) => {
      const { code, stderr } = await kubectl.attempt(
        ...inPlace('apply', '--server-side', '-f', manifest(text), ...more),
      );
      assert.notEqual(code, 0);
      return stderr.split('\n')[0];
    };
    const replicas = () => kubectl(...inPlace('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}'));
    /** `manager operation subresource`, of those that are not the cluster's own. */
    const managers = async () => {
      const show = minor > 20 ? ['--show-managed-fields'] : [];
      const { metadata } = await kubectl.json<KubeObject>(...inPlace('get', 'deployment', 'web', ...show));
      return (metadata.managedFields ?? [])
        .map(({ manager, operation, subresource = '' }) => `${manager} ${operation} ${subresource}`.trim())
        .filter((entry) => !entry.startsWith('kube-'));
    };
    const again = () => kubectl(...inPlace('delete', 'deployment', 'web', '--ignore-not-found'));

    test('creates, and writes nothing when it is the same again', async () => {
      const version = () =>
        kubectl(...inPlace('get', 'cm', 'one', '-o', 'jsonpath={.metadata.resourceVersion}'));
      assert.equal(await apply(map('one', 'a: b')), 'configmap/one serverside-applied\n');
      const first = await version();
      assert.equal(await apply(map('one', 'a: b')), 'configmap/one serverside-applied\n');
      assert.equal(await version(), first);
      await apply(deployment('replicas: 0'));
      assert.deepEqual(await managers(), ['kubectl Apply']);
    });

    test('is told of a conflict, and can force its way', async () => {
      const text = deployment('replicas: 1');
      assert.equal(
        await refused(text, '--field-manager=other'),
        'error: Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas',
      );
      assert.equal(await replicas(), '0');
      await apply(text, '--field-manager=other', '--force-conflicts');
      assert.equal(await replicas(), '1');
      assert.deepEqual((await managers()).sort(), ['kubectl Apply', 'other Apply']);
    });

    test('leaves alone what somebody else scales, once it does not say how many', async () => {
      await again();
      await apply(deployment('replicas: 0'));
      await kubectl(...inPlace('scale', 'deployment/web', '--replicas=2'));
      assert.match(
        (await refused(deployment('replicas: 0'))) ?? '',
        /^error: Apply failed with 1 conflict: conflict with "\S+" with subresource "scale" using apps\/v1: \.spec\.replicas$/,
      );
      await apply(deployment('minReadySeconds: 1'));
      assert.equal(await replicas(), '2');
      // The controllers write status and annotations all the while, which nobody applies.
      for (const image of ['nginx:1.27', 'nginx:1.28', 'nginx:1.27'])
        await apply(deployment('minReadySeconds: 0', image));
      assert.equal(await replicas(), '2');
      await kubectl(...inPlace('scale', 'deployment/web', '--replicas=0'));
    });

    test('takes over from client-side apply, and gives back', async () => {
      await again();
      await kubectl(...inPlace('apply', '-f', manifest(deployment('replicas: 0'))));
      await apply(deployment('replicas: 0, paused: true'.replace(', ', '\n  ')));
      if (minor >= 27) assert.ok(!(await managers()).some((entry) => entry.includes('client-side')));
      // What was applied first and is no more goes, also when it was the old way that applied it.
      await apply(deployment('paused: true'));
      const said = await kubectl(...inPlace('apply', '-f', manifest(deployment('replicas: 0'))));
      assert.equal(said, 'deployment.apps/web configured\n');
      const paused = await kubectl(...inPlace('get', 'deployment', 'web', '-o', 'jsonpath={.spec.paused}'));
      assert.equal(paused, '');
      assert.equal(await replicas(), '0');
    });

    test('shows what would change', async () => {
      await again();
      await apply(deployment('replicas: 0'));
      // Until then its controller writes the status, which is a difference too.
      await kubectl(...inPlace('rollout', 'status', 'deployment/web', '--timeout=60s'));
      const same = await kubectl.attempt(
        ...inPlace('diff', '--server-side', '-f', manifest(deployment('replicas: 0'))),
      );
      assert.deepEqual([same.code, same.stdout], [0, '']);
      const { code, stdout } = await kubectl.attempt(
        ...inPlace('diff', '--server-side', '-f', manifest(deployment('replicas: 3'))),
      );
      assert.equal(code, 1);
      assert.match(stdout, /^-\s+replicas: 0\n\+\s+replicas: 3$/m);
      assert.equal(await replicas(), '0');
    });

    test('on trial says the same and keeps nothing', async () => {
      assert.equal(
        await apply(deployment('replicas: 5'), '--dry-run=server'),
        'deployment.apps/web serverside-applied (server dry run)\n',
      );
      assert.equal(await replicas(), '0');
    });

    test('hides the account of fields unless it is asked for', async () => {
      const shown = await kubectl(...inPlace('get', 'deployment', 'web', '-o', 'yaml'));
      // 1.20 knew no better.
      assert.equal(shown.includes('managedFields'), minor === 20);
      assert.ok((await managers()).length > 0);
    });

    test('takes away what is no longer among its files', async () => {
      const allow =
        minor > 20 ? '--prune-allowlist=core/v1/ConfigMap' : '--prune-whitelist=core/v1/ConfigMap';
      const prune = (text: string) =>
        kubectl(...inPlace('apply', '--prune', '-l', 'set=these', allow, '-f', manifest(text)));
      await prune(map('one', 'a: b') + map('two', 'a: b'));
      assert.match(await prune(map('one', 'a: b')), /configmap\/two pruned/);
      assert.equal(
        await kubectl(...inPlace('get', 'cm', '-l', 'set=these', '-o', 'name')),
        'configmap/one\n',
      );
    });

    test('two that apply parts of one object both keep theirs', async () => {
      const part = (data: string) => map('shared', data).replace(', labels: { set: these }', '');
      await apply(part('mine: "1"'), '--field-manager=me');
      await apply(part('yours: "2"'), '--field-manager=you');
      const data = () => kubectl(...inPlace('get', 'cm', 'shared', '-o', 'jsonpath={.data}'));
      assert.deepEqual(JSON.parse(await data()), { mine: '1', yours: '2' });
      await apply(part('').replace('data: {  }', ''), '--field-manager=me');
      assert.deepEqual(JSON.parse(await data()), { yours: '2' });
    });
  });
}
