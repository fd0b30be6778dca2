/** Pods, their logs and their workloads, in the ways that the other subjects leave out. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { type Kubectl, kubectlWith } from '../../support/kubectl.ts';
import { placeOf, programs, refuses } from './cluster.ts';

const objects = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: each, labels: {tier: low}}
spec:
  selector: {matchLabels: {app: each}}
  template:
    metadata: {labels: {app: each}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: web, image: nginx:1.27, ports: [{name: http, containerPort: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: each}
spec: {selector: {app: each}, ports: [{name: page, port: 8080, targetPort: http}, {name: again, port: 81, targetPort: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: two, labels: {run: two}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - {name: a, image: busybox, command: [sh, -c, "echo from a; exec sleep infinity"]}
    - {name: b, image: busybox, command: [sh, -c, "echo from b; exec sleep infinity"]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: teller}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: [echo, told]}]
`;

const known = [...new Set([programs[0], programs.at(-1)])].filter((program) => program !== undefined);

for (const { version, path } of known)
  describe(`kubectl ${version} and what runs`, () => {
    const own = `running-${version.replace('.', '-')}`;
    const minor = Number(version.split('.')[1]);
    let kubectl: Kubectl;
    const directory = mkdtempSync(join(tmpdir(), 'switchboard-running-'));
    before(async () => {
      const place = await placeOf(own);
      kubectl = kubectlWith(place.kubeconfig, path);
      await kubectl.input(objects, 'apply', '-f', '-');
      await kubectl('rollout', 'status', 'daemonset/each', '--timeout=60s');
      await kubectl('wait', '--for=condition=Ready', 'pod/two', '--timeout=60s');
      await kubectl('wait', '--for=condition=Complete', 'job/teller', '--timeout=60s');
    });
    after(async () => {
      rmSync(directory, { recursive: true });
      await kubectl('delete', 'namespace', own, '--wait=false');
    });

    test('run: what it would make, of the client and of the server', async () => {
      const run = ['run', 'shown', '--image=nginx', '--env=K=v', '--labels=a=b,c=d', '--port=80'];
      const ofClient = await kubectl(
        ...run,
        '--dry-run=client',
        '-o',
        'json',
        '--command',
        '--',
        'sleep',
        '1',
      );
      const ofServer = await kubectl(
        ...run,
        '--dry-run=server',
        '-o',
        'json',
        '--command',
        '--',
        'sleep',
        '1',
      );
      for (const made of [ofClient, ofServer])
        assert.partialDeepStrictEqual(JSON.parse(made), {
          metadata: { name: 'shown', labels: { a: 'b', c: 'd' } },
          spec: {
            containers: [
              {
                image: 'nginx',
                command: ['sleep', '1'],
                env: [{ name: 'K', value: 'v' }],
                ports: [{ containerPort: 80 }],
              },
            ],
          },
        });
      assert.match(ofServer, /"uid"/);
      assert.equal(await kubectl('get', 'pod', 'shown', '--ignore-not-found'), '');
    });

    test('run --expose makes a Service too, and --rm takes both outputs', async () => {
      await kubectl('run', 'exposed', '--image=nginx', '--port=80', '--expose');
      assert.equal(
        await kubectl(
          'get',
          'service',
          'exposed',
          '-o',
          'jsonpath={.spec.ports[0].port} {.spec.selector.run}',
        ),
        '80 exposed',
      );
      const script = 'echo out; echo err >&2; exit 0';
      const both = await kubectl.attempt(
        ...['run', 'both', '--image=busybox', '--restart=Never', '--rm', '-i', '--', 'sh', '-c', script],
      );
      assert.match(both.stdout, /^out$/m);
      assert.match(both.stdout + both.stderr, /^err$/m);
      assert.equal(both.code, 0);
    });

    test('cp: a file and a folder, with namespace and container, there and back', async () => {
      mkdirSync(join(directory, 'folder/deep'), { recursive: true });
      writeFileSync(join(directory, 'folder/deep/one'), 'one');
      writeFileSync(join(directory, 'two'), 'two');
      await kubectl('cp', join(directory, 'folder'), `${own}/two:/tmp`, '-c', 'b');
      await kubectl('cp', join(directory, 'two'), `${own}/two:/tmp/renamed`, '-c', 'b');
      assert.equal(
        await kubectl('exec', 'two', '-c', 'b', '--', 'cat', '/tmp/folder/deep/one', '/tmp/renamed'),
        'onetwo',
      );
      await kubectl('cp', `${own}/two:/tmp/folder`, join(directory, 'back'), '-c', 'b');
      await kubectl('cp', `${own}/two:/tmp/renamed`, join(directory, 'single'), '-c', 'b');
      assert.equal(readFileSync(join(directory, 'back/deep/one'), 'utf8'), 'one');
      assert.equal(readFileSync(join(directory, 'single'), 'utf8'), 'two');
      // How that ends is a race inside of kubectl.
      await kubectl.attempt('cp', 'two:/tmp/nothing', join(directory, 'nothing'), '-c', 'b');
      assert.ok(!existsSync(join(directory, 'nothing')));
    });

    test('logs: of a job, of all containers by label, in order and with too many', async () => {
      assert.equal(await kubectl('logs', 'job/teller'), 'told\n');
      await eventually(async () => {
        const lines = (await kubectl('logs', '-l', 'run=two', '--all-containers', '--prefix'))
          .trim()
          .split('\n');
        assert.deepEqual(lines.sort(), ['[pod/two/a] from a', '[pod/two/b] from b']);
      });
      await refuses(
        kubectl.attempt('logs', '-f', '-l', 'run=two', '--all-containers', '--max-log-requests=1'),
        /you are attempting to follow 2 log streams, but maximum allowed concurrency is 1/,
      );
      await refuses(
        kubectl.attempt('logs', 'two', '-c', 'nobody'),
        /container nobody is not valid for pod two/,
      );
    });

    test('port-forward: by names of ports, several at once, on an address of one’s own', async () => {
      const forwarding = kubectl.start('port-forward', '--address=127.0.0.1', 'service/each', ':page', ':81');
      try {
        let seen = '';
        forwarding.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
        const ports = await eventually(() => {
          const found = [...seen.matchAll(/127\.0\.0\.1:(\d+) -> 80/g)].map((match) => match[1]);
          assert.equal(found.length, 2, seen);
          return found;
        });
        for (const port of ports)
          assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /Welcome to nginx/);
      } finally {
        forwarding.kill();
      }
    });

    test('wait: for several, for all, for a value, for what comes', async () => {
      const met = await kubectl('wait', '--for=condition=Ready', 'pods', '-l', 'app=each', '--timeout=60s');
      assert.equal(met.match(/condition met/g)?.length, 2);
      await kubectl('wait', '--for=condition=Complete=true', 'jobs', '--all');
      await kubectl('wait', '--for=condition=Ready=True', 'pod/two', 'pod/exposed', '--timeout=60s');
      await refuses(
        kubectl.attempt('wait', '--for=condition=Ready=False', 'pod/two', '--timeout=200ms'),
        /timed out waiting for the condition on pods\/two/,
      );
      if (minor >= 23) await kubectl('wait', '--for=jsonpath={.status.succeeded}=1', 'job/teller');
      if (minor >= 31) {
        const waiting = kubectl('wait', '--for=create', 'configmap/coming', '--timeout=60s');
        await kubectl('create', 'configmap', 'coming');
        assert.equal(await waiting, 'configmap/coming condition met\n');
      }
    });

    test('rollout of a daemon set: status, history, undo, restart', async () => {
      await kubectl('set', 'image', 'daemonset/each', 'web=nginx:1.28');
      await kubectl('rollout', 'status', 'daemonset/each', '--timeout=60s');
      assert.match(await kubectl('rollout', 'history', 'daemonset/each', '--revision=1'), /nginx:1\.27/);
      await kubectl('rollout', 'undo', 'daemonset/each', '--to-revision=1');
      assert.match(await kubectl('rollout', 'status', 'ds/each', '--timeout=60s'), /successfully rolled out/);
      assert.equal(
        await kubectl('get', 'ds', 'each', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'),
        'nginx:1.27',
      );
      await kubectl('rollout', 'restart', 'ds');
      assert.match(await kubectl('rollout', 'status', 'ds/each', '--watch=false'), /Waiting|rolled out/);
      await kubectl('rollout', 'status', 'ds/each', '--timeout=60s');
      await refuses(kubectl.attempt('rollout', 'pause', 'ds/each'), /pausing is not supported/);
      await refuses(
        kubectl.attempt('rollout', 'history', 'job/teller'),
        /no history viewer has been implemented/,
      );
    });

    test('events: sorted, and by type', async () => {
      const sorted = await kubectl('get', 'events', '--sort-by=.metadata.creationTimestamp');
      assert.match(sorted, /Scheduled/);
      if (minor >= 28) {
        assert.match(await kubectl('events', '--types=Normal', '--for=job/teller'), /SuccessfulCreate/);
        assert.equal(await kubectl('events', '--types=Warning', '--for=job/teller'), '');
      }
    });

    test('taint, cordon and uncordon, and drain tells on trial what it would evict', async () => {
      const taint = ['taint', 'node', 'e2e-kubectl-2'];
      assert.equal(await kubectl(...taint, 'a=b:PreferNoSchedule'), 'node/e2e-kubectl-2 tainted\n');
      assert.equal(await kubectl(...taint, 'a-'), 'node/e2e-kubectl-2 untainted\n');
      assert.equal(await kubectl('cordon', 'e2e-kubectl-2'), 'node/e2e-kubectl-2 cordoned\n');
      assert.equal(await kubectl('uncordon', 'e2e-kubectl-2'), 'node/e2e-kubectl-2 uncordoned\n');
      const said = await kubectl(
        'drain',
        'e2e-kubectl-2',
        '--ignore-daemonsets',
        '--force',
        '--dry-run=client',
      );
      assert.match(said, /node\/e2e-kubectl-2 cordoned \(dry run\)/);
      assert.match(said, /node\/e2e-kubectl-2 drained \(dry run\)/);
      assert.equal(await kubectl('get', 'node', 'e2e-kubectl-2', '-o', 'jsonpath={.spec.unschedulable}'), '');
    });
  });
