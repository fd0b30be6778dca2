/** What people do every day, with every kubectl there is: old ones ask otherwise than new ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { headOf } from '../../support/columns.ts';
import { eventually } from '../../support/eventually.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import type { KubectlProgram } from '../../support/kubectls.ts';
import { first, second, waiting } from './app.ts';
import { placeOf, programs, refuses } from './cluster.ts';

// Several at once: most of the time each of them waits.
describe('every kubectl', { concurrency: 3 }, () => {
  for (const program of programs) everyDay(program);
});

function everyDay(program: KubectlProgram): void {
  describe(`kubectl ${program.version}`, { concurrency: 1 }, () => {
    let kubectl: Kubectl;
    const directory = mkdtempSync(join(tmpdir(), 'switchboard-core-'));
    const [one, two] = [join(directory, 'one.yaml'), join(directory, 'two.yaml')];
    before(async () => {
      ({ kubectl } = await placeOf(`core-${program.version.replace('.', '-')}`, program));
      writeFileSync(one, first + '---' + waiting('tool'));
      writeFileSync(two, second);
    });
    after(() => rmSync(directory, { recursive: true }));
    const at = (object: string, path: string) => kubectl('get', object, '-o', `jsonpath={${path}}`);

    test('applies, sees that nothing changed, shows and applies a change', async () => {
      assert.match(
        await kubectl('apply', '-f', one),
        /configmap\/settings created\nservice\/app created\ndeployment\.apps\/app created/,
      );
      assert.match(await kubectl('apply', '-f', one), /^(\S+ unchanged\n){4}$/);
      await kubectl('rollout', 'status', 'deployment/app', '--timeout=60s');
      const diff = await kubectl.attempt('diff', '-f', two);
      assert.equal(diff.code, 1, diff.stderr);
      assert.match(diff.stdout, /^\+ +image: nginx:1\.28$/m);
      assert.match(await kubectl('apply', '-f', two), /^(\S+ configured\n){3}$/);
      await kubectl('rollout', 'status', 'deployment/app', '--timeout=60s');
      assert.equal(await at('svc/app', '.spec.ports[*].port'), '8080');
    });

    test('checks fields before it sends them', async () => {
      const wrong = 'apiVersion: v1\nkind: Service\nmetadata: {name: wrong}\nspec: {prots: []}\n';
      await assert.rejects(kubectl.input(wrong, 'apply', '-f', '-'), /unknown field.*prots|prots/);
    });

    test('gets, describes and explains', async () => {
      assert.equal(
        headOf(await kubectl('get', 'deployments')).join(' '),
        'NAME READY UP-TO-DATE AVAILABLE AGE',
      );
      assert.match(await kubectl('get', 'pods', '-o', 'wide'), /Running +0 +[\dms]+ +10\.244\./);
      assert.match(await kubectl('get', 'all'), /service\/app/);
      // They follow the pods a moment after these are rolled out.
      await eventually(async () =>
        assert.match(await kubectl('describe', 'service', 'app'), /Endpoints: +10\.244\.\S+:80/),
      );
      assert.match(await kubectl('describe', 'pods', '-l', 'app=app'), /Image: +nginx:1\.28/);
      assert.match(await kubectl('describe', 'node', 'e2e-kubectl-1'), /Ready +True/);
      assert.match(await kubectl('explain', 'deployment.spec.strategy'), /rollingUpdate\s+<\w+>/);
      assert.match(await kubectl('explain', 'endpointslice'), /addressType\s+<string> -required-/);
    });

    test('creates, exposes, scales, labels, sets and patches', async () => {
      await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=2');
      // Only what its controller has seen can be undone to.
      const revision = '.metadata.annotations.deployment\\.kubernetes\\.io/revision';
      await eventually(async () => assert.equal(await at('deploy/web', revision), '1'));
      await kubectl('expose', 'deployment', 'web', '--port=80');
      await kubectl('create', 'secret', 'generic', 'password', '--from-literal=a=b');
      await kubectl('set', 'image', 'deployment/web', 'nginx=nginx:1.27');
      await kubectl('label', 'deployment', 'web', 'tier=front');
      await kubectl('annotate', 'deployment', 'web', 'note=here');
      await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      await kubectl('rollout', 'undo', 'deployment/web');
      assert.equal(await at('deploy/web', '.spec.template.spec.containers[0].image'), 'nginx');
      await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      assert.match(await kubectl('rollout', 'history', 'deployment/web'), /^2 .*\n3 /m);
      await kubectl('patch', 'deployment', 'web', '-p', '{"spec":{"minReadySeconds":1}}');
      await kubectl('patch', 'deployment', 'web', '--type=merge', '-p', '{"spec":{"minReadySeconds":null}}');
      await kubectl(
        'patch',
        'deployment',
        'web',
        '--type=json',
        '-p',
        '[{"op":"add","path":"/metadata/labels/tier","value":"x"}]',
      );
      assert.equal(await at('deploy/web', '.metadata.labels.tier'), 'x');
      await kubectl('scale', 'deployment/web', '--replicas=1');
      await eventually(async () =>
        assert.match(await kubectl('get', 'pods', '-l', 'app=web', '-o', 'name'), /^pod\/\S+\n$/),
      );
      await eventually(async () => assert.equal(await at('deploy/web', '.status.readyReplicas'), '1'));
    });

    test('executes, copies, reads logs, forwards', async () => {
      await kubectl('wait', '--for=condition=Ready', 'pod/tool', '--timeout=60s');
      const ended = await kubectl.attempt('exec', 'tool', '--', 'sh', '-c', 'exit 5');
      assert.equal(ended.code, 5, ended.stderr);
      assert.equal(await kubectl.input('in', 'exec', '-i', 'tool', '--', 'cat'), 'in');
      await kubectl('cp', one, 'tool:/tmp/one');
      assert.equal(await kubectl('exec', 'tool', '--', 'cat', '/tmp/one'), first + '---' + waiting('tool'));
      await eventually(async () =>
        assert.match(await kubectl('logs', 'deployment/web'), /start worker process/),
      );
      const forwarding = kubectl.start('port-forward', 'service/web', ':80');
      try {
        let seen = '';
        forwarding.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
        const port = await eventually(() => /127\.0\.0\.1:(\d+) ->/.exec(seen)?.[1] ?? assert.fail(seen));
        assert.match(await (await fetch(`http://127.0.0.1:${port}`)).text(), /Welcome to nginx/);
      } finally {
        forwarding.kill();
      }
    });

    test('runs a pod to its end, and with what was typed', async () => {
      const once = ['run', 'once', '--image=busybox', '--restart=Never', '--rm', '-i', '--'];
      assert.match(await kubectl.input('hello\n', ...once, 'cat'), /^hello$/m);
      const failed = await kubectl.attempt(...once, 'sh', '-c', 'sleep 0.5; exit 3');
      assert.equal(failed.code, 3, failed.stderr);
    });

    test('deletes by name, by label and with what depends on it', async () => {
      assert.equal(
        await kubectl('delete', 'deployment', 'web', '--cascade=foreground'),
        'deployment.apps "web" deleted\n',
      );
      assert.equal(await kubectl('get', 'rs,pods', '-l', 'app=web', '-o', 'name'), '');
      await kubectl('delete', 'pod', 'tool', '--grace-period=0', '--force');
      await kubectl('delete', '-f', two);
      await refuses(kubectl.attempt('get', 'deployment', 'app'), /\(NotFound\)/);
    });
  });
}
