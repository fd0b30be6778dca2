/** `kubectl logs`, of every kind of container, and through a rotation. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';
import { apply, podBecomes, podNamed, podOf, ready } from '../support/pods.ts';

const programs = await kubectls();
const node = 'e2e-logs-1';
const linesOf = (text: string) => text.trim().split('\n');

let cluster: TestCluster;

before(
  async () => {
    cluster = await startCluster({ name: 'e2e-logs' });
    const { kubectl } = cluster;
    const says = (name: string, script: string) => ({
      name,
      image: 'busybox',
      command: ['sh', '-c', script],
    });
    const chatty = (name: string) =>
      podOf({
        name,
        spec: {
          initContainers: [says('first', 'echo made ready')],
          containers: [
            says('web', `echo ${name} begins; echo ${name} complains >&2; exec sleep 100000`),
            says('side', `echo beside ${name}; exec sleep 100000`),
          ],
        },
      });
    const [a, b] = [chatty('chatty-a'), chatty('chatty-b')];
    for (const pod of [a, b]) pod.metadata.labels = { app: 'chatty' };
    await apply(
      kubectl,
      a,
      b,
      podOf({ name: 'again', script: 'echo life $(cat /proc/sys/kernel/random/uuid); sleep 1; exit 3' }),
      podOf({
        name: 'slow',
        script: 'echo early; sleep 3; echo late one; echo late two; exec sleep 100000',
      }),
    );
    await ready(kubectl, 'chatty-a', 'chatty-b', 'slow');
    for (const name of ['chatty-a', 'chatty-b'])
      await eventually(async () =>
        assert.equal(linesOf(await kubectl('logs', name, '--all-containers')).length, 4),
      );
  },
  { timeout: 180_000 },
);

after(() => cluster.down(), { timeout: 90_000 });

for (const { version, path } of programs)
  describe(`kubectl ${version} logs`, { timeout: 60_000 }, () => {
    const logs = (...args: string[]) => kubectlWith(cluster.kubeconfig, path)('logs', ...args);

    test('of one container, of an init container, of all of them', async () => {
      assert.deepEqual(linesOf(await logs('chatty-a', '-c', 'web')).toSorted(), [
        'chatty-a begins',
        'chatty-a complains',
      ]);
      assert.equal(await logs('chatty-a', '-c', 'first'), 'made ready\n');
      assert.deepEqual(linesOf(await logs('chatty-a', '--all-containers')).toSorted(), [
        'beside chatty-a',
        'chatty-a begins',
        'chatty-a complains',
        'made ready',
      ]);
    });

    test('of all pods with a label, each line with whose it is', async () => {
      const all = linesOf(await logs('-l', 'app=chatty', '--all-containers', '--prefix'));
      assert.equal(all.length, 8);
      assert.ok(all.includes('[pod/chatty-a/side] beside chatty-a'));
      assert.ok(all.includes('[pod/chatty-b/web] chatty-b complains'));
      assert.deepEqual(linesOf(await logs('-l', 'app=chatty', '-c', 'side')).toSorted(), [
        'beside chatty-a',
        'beside chatty-b',
      ]);
    });

    test('from the last lines, the first bytes, a time', async () => {
      await eventually(async () => assert.match(await logs('slow'), /late two/));
      assert.equal(await logs('slow', '--tail=1'), 'late two\n');
      assert.equal(await logs('slow', '--tail=0'), '');
      assert.equal(await logs('slow', '--limit-bytes=8'), 'early\nla');
      assert.equal(await logs('slow', '--since=1h'), 'early\nlate one\nlate two\n');
      const stamped = linesOf(await logs('slow', '--timestamps'));
      for (const line of stamped) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (early|late)/);
      const [, late = ''] = stamped.map((line) => line.split('.')[0]);
      assert.equal(await logs('slow', `--since-time=${late}Z`), 'late one\nlate two\n');
    });

    test('of a container that was there before', async () => {
      await podBecomes(cluster.kubectl, 'again', ({ status }) =>
        Boolean(
          status?.containerStatuses?.[0]?.state?.waiting && status.containerStatuses[0].restartCount >= 1,
        ),
      );
      assert.match(await logs('again', '--previous'), /^life [0-9a-f-]{36}\n$/);
      const { stderr } = await kubectlWith(cluster.kubeconfig, path).attempt(
        'logs',
        'chatty-a',
        '-c',
        'web',
        '--previous',
      );
      assert.match(stderr, /previous terminated container "web" in pod "chatty-a" not found/);
    });
  });

const untilThere = (file: string) => `until [ -e ${file} ]; do sleep 0.1; done`;

describe('a log that is too long', { timeout: 180_000 }, () => {
  const lines = 240_000;

  test('is set aside and begun anew, and who follows it misses nothing', async () => {
    const { kubectl } = cluster;
    await apply(
      kubectl,
      podOf({
        name: 'long',
        script: `echo the beginning; ${untilThere('/tmp/go')}; seq 1 ${lines}; ${untilThere('/tmp/end')}; echo the end`,
        spec: { restartPolicy: 'Never' },
      }),
    );
    await ready(kubectl, 'long');
    const followed = kubectl.start('logs', '-f', 'long');
    const seen: Buffer[] = [];
    followed.stdout?.on('data', (chunk: Buffer) => seen.push(chunk));
    const ended = once(followed, 'close');
    await eventually(() => assert.ok(seen.length > 0, 'what is there is told'));
    await kubectl('exec', 'long', '--', 'touch', '/tmp/go');
    const { metadata } = await podNamed(kubectl, 'long');
    const directory = `/var/log/pods/default_long_${metadata.uid}/main`;
    await eventually(async () => {
      const files = linesOf(await cluster.inNode(node, 'ls', directory));
      assert.equal(files.filter((name) => /^0\.log\.\d{8}-\d{6}$/.test(name)).length, 1, files.join(' '));
    }, 60_000);
    await kubectl('exec', 'long', '--', 'touch', '/tmp/end');
    assert.deepEqual(await ended, [0, null]);
    const printed = linesOf(Buffer.concat(seen).toString());
    assert.equal(printed.length, lines + 2);
    assert.deepEqual([printed[0], printed.at(-1)], ['the beginning', 'the end']);
    assert.ok(
      printed.slice(1, -1).every((line, i) => line === String(i + 1)),
      'every line once, in order',
    );
    assert.equal(linesOf(await kubectl('logs', 'long')).at(-1), 'the end');
  });
});
