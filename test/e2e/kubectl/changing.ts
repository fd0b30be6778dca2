/** Commands that change objects, in every shape that they have. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execute } from '../../../src/lib/exec.ts';
import { type Kubectl, kubectlWith } from '../../support/kubectl.ts';
import { first, waiting } from './app.ts';
import { type Place, placeOf, programs, refuses } from './cluster.ts';

const controller = `
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec:
  replicas: 0
  selector: {app: old}
  template:
    metadata: {labels: {app: old}}
    spec: {containers: [{name: main, image: nginx, ports: [{containerPort: 80}]}]}
`;

const known = [...new Set([programs[0], programs.at(-1)])].filter((program) => program !== undefined);

for (const { version, path } of known)
  describe(`kubectl ${version} changes`, () => {
    const own = `changing-more-${version.replace('.', '-')}`;
    const minor = Number(version.split('.')[1]);
    let place: Place;
    let kubectl: Kubectl;
    const directory = mkdtempSync(join(tmpdir(), 'switchboard-change-'));
    const settings = join(directory, 'settings.yaml');
    before(async () => {
      place = await placeOf(own);
      kubectl = kubectlWith(place.kubeconfig, path);
      const idle = first.replace('replicas: 1', 'replicas: 0');
      await kubectl.input(`${idle}---${controller}---${waiting('lone')}`, 'apply', '-f', '-');
      writeFileSync(settings, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n');
    });
    after(async () => {
      rmSync(directory, { recursive: true });
      await kubectl('delete', 'namespace', own, '--wait=false');
    });
    const at = (object: string, path: string) => kubectl('get', object, '-o', `jsonpath={${path}}`);
    const lastApplied = '.metadata.annotations.kubectl\\.kubernetes\\.io/last-applied-configuration';

    test('expose: pod, deployment, service, replication controller, as every type', async () => {
      const exposes: [from: string, type: string, selector: object][] = [
        ['pod/lone', 'ClusterIP', { run: 'lone' }],
        ['deployment/app', 'NodePort', { app: 'app' }],
        ['service/app', 'LoadBalancer', { app: 'app' }],
        ['rc/old', 'ClusterIP', { app: 'old' }],
      ];
      for (const [from, type, selector] of exposes) {
        const name = `of-${from.split('/')[1]}-${type.toLowerCase()}`;
        const options = [`--name=${name}`, `--type=${type}`, '--port=8080', '--target-port=80'];
        await kubectl('expose', ...from.split('/'), ...options, '--labels=exposed=yes');
        const service = JSON.parse(await kubectl('get', 'service', name, '-o', 'json')) as object;
        assert.partialDeepStrictEqual(service, {
          metadata: { labels: { exposed: 'yes' } },
          spec: { type, selector, ports: [{ port: 8080, targetPort: 80, protocol: 'TCP' }] },
        });
      }
      await kubectl(
        'expose',
        'deployment',
        'app',
        '--name=none',
        '--port=53',
        '--protocol=UDP',
        '--cluster-ip=None',
      );
      assert.equal(await at('svc/none', '.spec.clusterIP'), 'None');
      assert.equal(await at('svc/none', '.spec.ports[0].protocol'), 'UDP');
      await kubectl('expose', 'pod', 'lone', '--name=sticky', '--port=80', '--session-affinity=ClientIP');
      assert.equal(await at('svc/sticky', '.spec.sessionAffinity'), 'ClientIP');
      await refuses(kubectl.attempt('expose', 'configmap', 'settings'), /cannot expose a .*ConfigMap/);
    });

    test('set subject, env from secrets, resources of one container, image of all', async () => {
      await kubectl('create', 'role', 'reader', '--verb=get', '--resource=pods');
      await kubectl('create', 'rolebinding', 'readers', '--role=reader', '--user=first');
      await kubectl(
        'set',
        'subject',
        'rolebinding',
        'readers',
        '--user=second',
        `--serviceaccount=${own}:default`,
      );
      assert.equal(await at('rolebinding/readers', '.subjects[*].name'), 'first second default');
      await kubectl('create', 'secret', 'generic', 'word', '--from-literal=pass=x');
      await kubectl('set', 'env', 'deployment/app', '--from=secret/word', '--keys=pass', '-c', 'web');
      const env = '.spec.template.spec.containers[0].env[?(@.name=="PASS")].valueFrom.secretKeyRef.key';
      assert.equal(await at('deploy/app', env), 'pass');
      await kubectl('set', 'env', 'deployment/app', 'PASS-');
      assert.equal(await at('deploy/app', env), '');
      await kubectl('set', 'resources', 'deployment/app', '-c=web', '--limits=memory=64Mi');
      assert.equal(
        await at('deploy/app', '.spec.template.spec.containers[0].resources.limits.memory'),
        '64Mi',
      );
      await kubectl('set', 'image', 'deployments,rc', '*=nginx:1.26', '--all');
      assert.equal(await at('rc/old', '.spec.template.spec.containers[0].image'), 'nginx:1.26');
      assert.equal(await at('deploy/app', '.spec.template.spec.containers[0].image'), 'nginx:1.26');
      assert.match(
        await kubectl('set', 'image', 'deployment/app', 'web=nginx:1.25', '--dry-run=server', '-o', 'yaml'),
        /image: nginx:1\.25/,
      );
      assert.equal(await at('deploy/app', '.spec.template.spec.containers[0].image'), 'nginx:1.26');
    });

    test('scale and autoscale: by condition, of all, of every scalable kind', async () => {
      await kubectl('scale', 'rc/old', '--replicas=1', '--current-replicas=0', '--timeout=60s');
      await kubectl('scale', 'rc', 'old', '--replicas=0');
      await refuses(
        kubectl.attempt('scale', 'rc/old', '--replicas=2', '--current-replicas=5'),
        /Expected replicas to be 5, was 0/,
      );
      await kubectl('autoscale', 'deployment', 'app', '--min=1', '--max=2', '--cpu-percent=70');
      await kubectl('autoscale', 'rc', 'old', '--max=2', '--name=second');
      const found = await kubectl(
        'get',
        'hpa',
        'app',
        'second',
        '-o',
        'jsonpath={.items[*].spec.scaleTargetRef.kind}',
      );
      assert.equal(found, 'Deployment ReplicationController');
      await kubectl('delete', 'hpa', '--all');
    });

    test('label and annotate: list, remove, overwrite, by selector, from a file, on trial', async () => {
      await kubectl('annotate', '-f', settings, 'note=one');
      await refuses(kubectl.attempt('annotate', '-f', settings, 'note=two'), /--overwrite is false/);
      await kubectl('annotate', 'configmap', 'settings', 'note=two', '--overwrite');
      assert.match(await kubectl('annotate', 'configmap', 'settings', '--list'), /^note=two$/m);
      await kubectl('annotate', 'configmaps', '--all', 'note-');
      assert.equal(await at('cm/settings', '.metadata.annotations.note'), '');
      await kubectl('label', 'configmaps', '-l', 'part=of-app', 'seen=yes');
      assert.match(await kubectl('label', 'configmap', 'settings', '--list'), /^seen=yes$/m);
      await kubectl('label', 'configmap', 'settings', 'seen=no', '--overwrite', '--dry-run=server');
      assert.equal(await at('cm/settings', '.metadata.labels.seen'), 'yes');
      const version = await at('cm/settings', '.metadata.resourceVersion');
      await kubectl('label', 'configmap', 'settings', 'last=one', `--resource-version=${version}`);
      await refuses(
        kubectl.attempt(
          'label',
          'cm',
          'settings',
          'last=two',
          '--overwrite',
          `--resource-version=${version}`,
        ),
        /object has been modified/,
      );
    });

    test('replace: with what was applied kept, in one go, and by force', async () => {
      await kubectl('replace', '-f', settings, '--save-config');
      assert.match(await at('cm/settings', lastApplied), /"a":"b"/);
      assert.equal(await at('cm/settings', '.data'), '{"a":"b"}');
      const uid = await at('cm/settings', '.metadata.uid');
      assert.match(await kubectl('replace', '--force', '-f', settings), /configmap\/settings replaced/);
      assert.notEqual(await at('cm/settings', '.metadata.uid'), uid);
    });

    test('patch: from a file, of a pod, of a node, on trial', async () => {
      const patch = join(directory, 'patch.json');
      writeFileSync(patch, '[{"op": "replace", "path": "/data/a", "value": "c"}]');
      if (minor >= 21)
        await kubectl('patch', 'configmap', 'settings', '--type=json', `--patch-file=${patch}`);
      else
        await kubectl(
          'patch',
          '-f',
          settings,
          '--type=json',
          '-p',
          '[{"op":"replace","path":"/data/a","value":"c"}]',
        );
      assert.equal(await at('cm/settings', '.data.a'), 'c');
      await kubectl(
        'patch',
        'pod',
        'lone',
        '-p',
        '{"spec":{"containers":[{"name":"main","image":"busybox:1.36"}]}}',
      );
      assert.equal(await at('pod/lone', '.spec.containers[0].image'), 'busybox:1.36');
      const unschedulable = ['patch', 'node', 'e2e-kubectl-2', '-p', '{"spec":{"unschedulable":true}}'];
      await kubectl(...unschedulable, '--dry-run=server');
      assert.equal(await at('node/e2e-kubectl-2', '.spec.unschedulable'), '');
      assert.match(
        await kubectl('patch', 'cm', 'settings', '-p', '{"data":{"a":"c"}}'),
        /patched \(no change\)/,
      );
      assert.match(
        await kubectl(
          'patch',
          '-f',
          settings,
          '--local',
          '--type=merge',
          '-p',
          '{"data":{"x":"y"}}',
          '-o',
          'yaml',
        ),
        /x: "y"/,
      );
    });

    const run = (editor: string, ...args: string[]) =>
      execute(path, ['--kubeconfig', place.kubeconfig, ...args], {
        env: { ...process.env, KUBE_EDITOR: editor, TMPDIR: directory },
        timeoutMs: 30_000,
      });
    const edit = (editor: string, ...args: string[]) => run(editor, 'edit', ...args);

    test('edit: several at once, as JSON, and with an editor that fails', async () => {
      const both = await edit('sed -i s/a:.c/a:\\ d/', 'configmap/settings', 'service/app');
      assert.match(both.stdout, /configmap\/settings edited/);
      assert.equal(await at('cm/settings', '.data.a'), 'd');
      assert.equal((await edit('sed -i s/\\"d\\"/\\"e\\"/', 'cm', 'settings', '-o', 'json')).code, 0);
      assert.equal(await at('cm/settings', '.data.a'), 'e');
      await refuses(edit('false', 'configmap', 'settings'), /there was a problem with the editor "false"/);
      const immutable = await edit('sed -i s/app:.app/app:\\ x/', 'deployment', 'app');
      assert.match(immutable.stderr, /deployments\.apps "app" is invalid/);
    });

    test('apply edit-last-applied changes what the next apply compares with', async () => {
      await kubectl('apply', '-f', settings);
      const edited = await run('sed -i s/a:.b/a:\\ z/', 'apply', 'edit-last-applied', 'configmap/settings');
      assert.equal(edited.stdout, 'configmap/settings edited\n');
      assert.match(await at('cm/settings', lastApplied), /"a":"z"/);
    });

    test('delete: by field, all kinds at once, now, and one that is not there', async () => {
      for (const name of ['x', 'y']) await kubectl('create', 'configmap', name);
      assert.match(await kubectl('delete', 'cm', '--field-selector=metadata.name=x'), /"x" deleted/);
      assert.match(await kubectl('delete', 'cm/y', 'svc/sticky'), /"y" deleted.*\n.*"sticky" deleted/);
      await kubectl('label', 'svc,rc', '--all', 'sweep=yes');
      assert.match(
        await kubectl('delete', 'services,rc', '-l', 'sweep=yes'),
        /replicationcontroller "old" deleted/,
      );
      await kubectl('delete', 'pod', 'lone', '--now');
      assert.equal(await kubectl('delete', 'pod', 'lone', '--ignore-not-found'), '');
      await kubectl('delete', 'all', '--all');
      assert.equal(await kubectl('get', 'all', '-o', 'name'), '');
    });
  });
