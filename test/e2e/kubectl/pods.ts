import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { spawnInTerminal } from '../../support/pty.ts';
import { waiting } from './app.ts';
import { type Place, placeOf, refuses } from './cluster.ts';

const talking = `
apiVersion: v1
kind: Pod
metadata: {name: talking, labels: {app: talking}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - {name: a, image: busybox, command: [sh, -c, "for i in 1 2 3; do echo a$i; done; exec sleep infinity"]}
    - {name: b, image: busybox, command: [sh, -c, "echo b1 >&2; exec sleep infinity"]}
---
apiVersion: v1
kind: Pod
metadata: {name: crashing}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: main
      image: busybox
      command: [sh, -c, "if [ -e /kept/once ]; then echo second; exec sleep infinity; fi; touch /kept/once; echo first; exit 1"]
      volumeMounts: [{name: kept, mountPath: /kept}]
  volumes: [{name: kept, emptyDir: {}}]
---
apiVersion: v1
kind: Pod
metadata: {name: listening}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - {name: main, image: busybox, stdin: true, command: [sh, -c, "while read line; do echo got $line; done; exec sleep infinity"]}
`;

describe('kubectl meets pods', () => {
  let place: Place;
  let kubectl: Kubectl;
  before(async () => {
    place = await placeOf('meeting');
    ({ kubectl } = place);
    await kubectl.input(`${talking}---${waiting('tool', '{app: tool}')}`, 'apply', '-f', '-');
    await kubectl('wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s');
  });

  describe('run', () => {
    const run = (name: string, ...args: string[]) => [
      'run',
      name,
      '--image=busybox',
      '--restart=Never',
      ...args,
    ];

    test('once, with what was typed, and nothing is left', async () => {
      const said = await kubectl.input('hello\n', ...run('once', '--rm', '-i', '--quiet', '--', 'cat'));
      assert.equal(said, 'hello\n');
      assert.equal(await kubectl('get', 'pod', 'once', '--ignore-not-found'), '');
    });

    test('with its output, also when it was over before anybody could listen', async () => {
      for (const script of ['echo quick', 'sleep 1; echo slow']) {
        const said = await kubectl(...run('teller', '--rm', '-i', '--', 'sh', '-c', script));
        assert.match(said, /^(quick|slow)$/m);
      }
    });

    test('and ends with the exit code of its command', async () => {
      const ended = await kubectl.attempt(
        ...run('failing', '--rm', '-i', '--', 'sh', '-c', 'sleep 0.5; exit 3'),
      );
      assert.equal(ended.code, 3, ended.stderr);
    });

    test('with labels, environment and a policy', async () => {
      const manifest = await kubectl(
        ...[
          'run',
          'shaped',
          '--image=nginx',
          '--labels=a=b',
          '--env=K=v',
          '--port=80',
          '--restart=OnFailure',
        ],
        ...['--dry-run=server', '-o', 'json'],
      );
      const { metadata, spec } = JSON.parse(manifest) as {
        metadata: { labels: object };
        spec: { restartPolicy: string; containers: { env: object[] }[] };
      };
      assert.deepEqual(metadata.labels, { a: 'b' });
      assert.equal(spec.restartPolicy, 'OnFailure');
      assert.deepEqual(spec.containers[0]?.env, [{ name: 'K', value: 'v' }]);
    });
  });

  describe('wait', () => {
    test('for a condition, a value, a deletion', async () => {
      assert.equal(await kubectl('wait', '--for=condition=Ready', 'pod/tool'), 'pod/tool condition met\n');
      assert.equal(
        await kubectl('wait', '--for=jsonpath={.status.phase}=Running', 'pod/tool'),
        'pod/tool condition met\n',
      );
      await refuses(
        kubectl.attempt('wait', '--for=condition=Nothing', 'pod/tool', '--timeout=200ms'),
        /timed out waiting for the condition on pods\/tool/,
      );
      await refuses(
        kubectl.attempt('wait', '--for=condition=Ready', 'pod/nobody', '--timeout=1s'),
        /pods "nobody" not found/,
      );
      await kubectl.input(waiting('leaving'), 'apply', '-f', '-');
      const gone = kubectl('wait', '--for=delete', 'pod/leaving', '--timeout=60s');
      await kubectl('delete', 'pod', 'leaving', '--now', '--wait=false');
      await gone;
    });
  });

  describe('exec', () => {
    test('by pod, with its exit code and its two outputs', async () => {
      const { code, stdout, stderr } = await kubectl.attempt(
        'exec',
        'tool',
        '--',
        'sh',
        '-c',
        'echo out; echo err >&2; exit 4',
      );
      assert.deepEqual([code, stdout], [4, 'out\n']);
      assert.match(stderr, /^err\n/);
    });

    test('with standard input, and in a container by name', async () => {
      assert.equal(await kubectl.input('in', 'exec', '-i', 'tool', '--', 'cat'), 'in');
      assert.equal(await kubectl('exec', 'talking', '-c', 'b', '--', 'echo', 'b'), 'b\n');
      await refuses(
        kubectl.attempt('exec', 'tool', '-c', 'none', '--', 'ls'),
        /container none is not valid for pod tool/,
      );
      const missing = await kubectl.attempt('exec', 'tool', '--', 'no-such-program');
      assert.notEqual(missing.code, 0);
      assert.match(missing.stderr, /no-such-program.*not found/);
    });

    test('in a terminal', async () => {
      const { child, stream } = spawnInTerminal([place.program, 'exec', '-it', 'tool', '--', 'sh'], {
        env: { ...process.env, KUBECONFIG: place.kubeconfig },
      });
      let seen = '';
      stream.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      await eventually(() => assert.match(seen, /# /));
      stream.write('tty && exit 6\r');
      assert.equal(await ended, 6);
      await eventually(() => assert.match(seen, /\/dev\/pts\/\d/));
      stream.destroy();
    });

    test('by workload and by service', async () => {
      await kubectl('create', 'deployment', 'web', '--image=nginx', '--port=80');
      await kubectl('expose', 'deployment', 'web', '--port=80');
      await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      for (const target of ['deployment/web', 'service/web'])
        assert.match(await kubectl('exec', target, '--', 'hostname'), /^web-\w+-\w+\n$/);
    });
  });

  test('cp takes files and folders there and back', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'switchboard-cp-'));
    try {
      mkdirSync(join(directory, 'there/deep'), { recursive: true });
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
      writeFileSync(join(directory, 'there/deep/bytes'), bytes);
      await kubectl('cp', join(directory, 'there'), 'tool:/tmp/there');
      await kubectl('cp', 'tool:/tmp/there', join(directory, 'back'));
      assert.deepEqual(readFileSync(join(directory, 'back/deep/bytes')), bytes);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  describe('logs', () => {
    test('of one container, of all, by label, by workload', async () => {
      await eventually(async () => assert.equal(await kubectl('logs', 'talking'), 'a1\na2\na3\n'));
      await eventually(async () => assert.equal(await kubectl('logs', 'talking', '-c', 'b'), 'b1\n'));
      // kubectl takes the containers in no certain order.
      const ofAll = await kubectl('logs', 'talking', '--all-containers');
      assert.ok(['a1\na2\na3\nb1\n', 'b1\na1\na2\na3\n'].includes(ofAll), ofAll);
      const byLabel = await kubectl('logs', '-l', 'app=talking', '--all-containers', '--prefix', '--tail=1');
      assert.deepEqual(byLabel.trim().split('\n').sort(), ['[pod/talking/a] a3', '[pod/talking/b] b1']);
      await eventually(async () =>
        assert.match(await kubectl('logs', 'deployment/web'), /start worker process/),
      );
    });

    test('the last lines, since when, with times, so many bytes', async () => {
      assert.equal(await kubectl('logs', 'talking', '--tail=2'), 'a2\na3\n');
      assert.equal(await kubectl('logs', 'talking', '--since=1h', '--tail=1'), 'a3\n');
      assert.equal(await kubectl('logs', 'talking', '--since-time=2099-01-01T00:00:00Z'), '');
      assert.match(
        await kubectl('logs', 'talking', '--timestamps', '--tail=1'),
        /^20\d\d-\d\d-\d\dT[\d:.]+Z a3\n$/,
      );
      assert.equal(await kubectl('logs', 'talking', '--limit-bytes=4'), 'a1\na');
    });

    test('of the container that was there before', async () => {
      await eventually(async () => assert.equal(await kubectl('logs', 'crashing'), 'second\n'));
      assert.equal(await kubectl('logs', 'crashing', '--previous'), 'first\n');
      await refuses(
        kubectl.attempt('logs', 'tool', '-p'),
        /previous terminated container "main" in pod "tool" not found/,
      );
      await refuses(kubectl.attempt('logs', 'nobody'), /pods "nobody" not found/);
    });

    test('followed to the end', async () => {
      await kubectl(
        'run',
        'counting',
        '--image=busybox',
        '--restart=Never',
        '--',
        'sh',
        '-c',
        'for i in 1 2 3; do echo $i; sleep 0.2; done',
      );
      await eventually(() => kubectl('logs', 'counting'));
      assert.equal(await kubectl('logs', '-f', 'counting'), '1\n2\n3\n');
    });
  });

  test('attach joins a process that is under way', async () => {
    const attached = kubectl.start('attach', '-i', 'listening');
    let seen = '';
    attached.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    attached.stdin?.write('a line\n');
    try {
      await eventually(() => assert.match(seen, /got a line/));
    } finally {
      attached.kill();
    }
    assert.equal(await kubectl('logs', 'listening'), 'got a line\n');
  });

  describe('port-forward', () => {
    for (const to of ['pod', 'deployment/web', 'service/web']) {
      test(`to a ${to}`, async () => {
        const target =
          to === 'pod' ? (await kubectl('get', 'pod', '-l', 'app=web', '-o', 'name')).trim() : to;
        const forwarding = kubectl.start('port-forward', target, ':80');
        try {
          let seen = '';
          forwarding.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
          const port = await eventually(() => {
            const found = /127\.0\.0\.1:(\d+) -> 80/.exec(seen);
            assert.ok(found, seen);
            return found[1];
          });
          for (let i = 0; i < 3; i++) {
            const answer = await fetch(`http://127.0.0.1:${port}/`);
            assert.match(await answer.text(), /Welcome to nginx/);
          }
        } finally {
          forwarding.kill();
        }
      });
    }
  });

  test('events tell what happened to a pod', async () => {
    const told = await kubectl('events', '--for=pod/tool');
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started'])
      assert.match(told, new RegExp(reason));
    const selected = await kubectl(
      'get',
      'events',
      '--field-selector',
      'involvedObject.name=tool,reason=Started',
    );
    assert.match(selected, /Started container main/);
  });

  test('a container that always ends is started again, ever more slowly, and events say so', async () => {
    await kubectl('run', 'looping', '--image=busybox', '--', 'false');
    await eventually(async () =>
      assert.match(await kubectl('get', 'pod', 'looping'), /CrashLoopBackOff +\d+ \(\d+s ago\)/),
    );
    await eventually(async () =>
      assert.match(
        await kubectl('events', '--for=pod/looping', '--types=Warning'),
        /BackOff +Pod\/looping +Back-off restarting failed container looping in pod looping_meeting/,
      ),
    );
  });

  test('an image that cannot be pulled is told in the status and in events', async () => {
    await kubectl('run', 'imageless', '--image=switchboard.invalid/none');
    await eventually(async () =>
      assert.match(await kubectl('get', 'pod', 'imageless'), /ErrImagePull|ImagePullBackOff/),
    );
    await eventually(async () => assert.match(await kubectl('get', 'pod', 'imageless'), /ImagePullBackOff/));
    await eventually(async () =>
      assert.match(
        await kubectl('describe', 'pod', 'imageless'),
        /Failed to pull image "switchboard\.invalid\/none": \S+/,
      ),
    );
    await refuses(
      kubectl.attempt('logs', 'imageless'),
      /container "imageless" in pod "imageless" is waiting to start: .*[Pp]ull/,
    );
  });
});
