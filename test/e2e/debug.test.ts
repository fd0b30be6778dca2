/** `kubectl debug`: into a pod that runs, on a copy of it, on a node. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Pod } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';
import { apply, podBecomes, podNamed, podOf, ready } from '../support/pods.ts';
import { screen } from '../support/screen.ts';

const node = 'e2e-debug-1';
const programs = await kubectls();
/** Before, kubectl spoke a form of the request that Kubernetes does not take any more. */
const firstWithPatch = 22;
/** Begins a colour. */
const escape = String.fromCharCode(27);
const minorOf = ({ version }: { version: string }) => Number(version.split('.')[1]);

let cluster: TestCluster;
let scratch: string;

before(
  async () => {
    scratch = mkdtempSync(join(tmpdir(), 'switchboard-debug-'));
    cluster = await startCluster({ name: 'e2e-debug' });
    await apply(cluster.kubectl, podOf({ name: 'web', image: 'nginx', container: { name: 'web' } }));
    await ready(cluster.kubectl, 'web');
  },
  { timeout: 180_000 },
);

after(
  async () => {
    rmSync(scratch, { recursive: true, force: true });
    await cluster.down();
  },
  { timeout: 90_000 },
);

const ephemeral = (pod: Pod, name: string) =>
  pod.status?.ephemeralContainerStatuses?.find((status) => status.name === name);

describe('an ephemeral container', { timeout: 120_000 }, () => {
  test('is added by any client that can put, and logs, exec and attach reach it', async () => {
    for (const { version, path } of programs) {
      const kubectl = kubectlWith(cluster.kubeconfig, path);
      const name = `put-${version.replace('.', '-')}`;
      const pod = await podNamed(kubectl, 'web');
      const script = 'echo here; while read line; do echo got $line; done; exit 4';
      const added = { name, image: 'busybox', command: ['sh', '-c', script], stdin: true };
      const containers = [...(pod.spec?.ephemeralContainers ?? []), added];
      const file = join(scratch, 'pod.json');
      writeFileSync(file, JSON.stringify({ ...pod, spec: { ...pod.spec, ephemeralContainers: containers } }));
      await kubectl(
        'replace',
        '--raw',
        '/api/v1/namespaces/default/pods/web/ephemeralcontainers',
        '-f',
        file,
      );
      await podBecomes(kubectl, 'web', (now) => ephemeral(now, name)?.state?.running !== undefined);
      assert.equal(await kubectl('exec', 'web', '-c', name, '--', 'hostname'), 'web\n', version);
      const attached = kubectl.start('attach', '-i', 'web', '-c', name);
      attached.stdin?.write('a line\n');
      await new Promise<void>((resolve) => {
        let said = '';
        attached.stdout?.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes('got a line')) resolve();
        });
      });
      attached.kill('SIGKILL');
      assert.equal(await kubectl('logs', 'web', '-c', name), 'here\ngot a line\n', version);
      assert.match(await kubectl('describe', 'pod', 'web'), new RegExp(`Ephemeral Containers:[^]*${name}:`));
    }
    const pod = await podNamed(cluster.kubectl, 'web');
    assert.equal(pod.status?.containerStatuses?.[0]?.restartCount, 0);
    assert.equal(pod.status?.containerStatuses?.[0]?.ready, true);
  });

  for (const { version, path } of programs.filter((program) => minorOf(program) >= firstWithPatch))
    test(`is a terminal beside its target, by kubectl ${version} debug -it`, async () => {
      const name = `look-${version.replace('.', '-')}`;
      const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
      const argv = [path, 'debug', '-it', 'web', '--image=busybox', '--target=web', '-c', name];
      await using terminal = screen(argv, { env, columns: 100, rows: 30 });
      // The prompt may have been printed before kubectl came.
      await terminal.sees(/press(ing)? enter/);
      terminal.type('\n');
      await terminal.sees(/# /);
      terminal.type('ps -o args | grep -v grep\n');
      await terminal.sees(/nginx: master process/);
      terminal.type('stty size\n');
      await terminal.sees(/30 100/);
      terminal.resize(120, 40);
      terminal.type('until [ "$(stty size)" = "40 120" ]; do sleep 0.05; done; echo now $((1 + 1))\n');
      await terminal.sees(/now 2/);
      terminal.type("printf '\\033[31mred\\033[0m\\n'\n");
      await terminal.sees(new RegExp(`${escape}\\[31mred${escape}\\[0m`));
      // What was printed was printed by a command: the shell does not read the keys itself any more.
      terminal.type('echo sleeps $((1 + 1)); sleep 1000\n');
      await terminal.sees(/sleeps 2/);
      terminal.type('\x03');
      terminal.type('echo code $?\n');
      await terminal.sees(/code 130/);
      terminal.type('exit 3\n');
      assert.equal(await terminal.ended, 0);
      const pod = await podBecomes(
        cluster.kubectl,
        'web',
        (now) => ephemeral(now, name)?.state?.terminated !== undefined,
      );
      assert.equal(ephemeral(pod, name)?.state?.terminated?.exitCode, 3);
    });

  test('that was added once stays as it is', async () => {
    const [first] = (await podNamed(cluster.kubectl, 'web')).spec?.ephemeralContainers ?? [];
    const patch = { spec: { ephemeralContainers: [{ name: first?.name, image: 'nginx' }] } };
    const file = join(scratch, 'changed.json');
    const pod = await podNamed(cluster.kubectl, 'web');
    writeFileSync(file, JSON.stringify({ ...pod, spec: { ...pod.spec, ...patch.spec } }));
    const { code, stderr } = await cluster.kubectl.attempt(
      'replace',
      '--raw',
      '/api/v1/namespaces/default/pods/web/ephemeralcontainers',
      '-f',
      file,
    );
    assert.notEqual(code, 0);
    assert.match(stderr, /existing ephemeral containers \\?"[\w-]+\\?" may not be (changed|removed)/);
  });
});

describe('a copy of a pod', { timeout: 120_000 }, () => {
  for (const { version, path } of programs)
    test(`is made by kubectl ${version} debug --copy-to, which shares its processes`, async () => {
      const kubectl = kubectlWith(cluster.kubeconfig, path);
      const copy = `copy-${version.replace('.', '-')}`;
      const options = [`--copy-to=${copy}`, '--image=busybox', '-c', 'look', '--share-processes'];
      await kubectl('debug', 'web', ...options, '--', 'sleep', '1000');
      await ready(kubectl, copy);
      const processes = await kubectl('exec', copy, '-c', 'look', '--', 'ps', '-o', 'pid,args');
      assert.match(processes, /nginx: master process/);
      assert.match(processes, /sleep 1000/);
      await kubectl('exec', copy, '-c', 'look', '--', 'sh', '-c', 'kill $(pidof nginx)');
      await podBecomes(kubectl, copy, ({ status }) =>
        Boolean(status?.containerStatuses?.some((c) => c.name === 'web' && c.restartCount === 1)),
      );
      await kubectl('delete', 'pod', copy, '--now');
    });

  for (const { version, path } of programs)
    test(`gets other images by kubectl ${version} debug --set-image`, async () => {
      const kubectl = kubectlWith(cluster.kubeconfig, path);
      const copy = `other-${version.replace('.', '-')}`;
      await kubectl('debug', 'web', `--copy-to=${copy}`, '--set-image=*=busybox');
      const { spec } = await podNamed(kubectl, copy);
      assert.deepEqual(
        spec?.containers.map(({ image }) => image),
        ['busybox'],
      );
      await kubectl('delete', 'pod', copy, '--now');
    });
});

for (const { version, path } of programs)
  test(`kubectl ${version} debug node sees the node, its files and its processes`, {
    timeout: 60_000,
  }, async () => {
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
    await using terminal = screen([path, 'debug', `node/${node}`, '-it', '--image=busybox'], { env });
    const [, pod = ''] = await terminal.sees(/debugging pod ([\w-]+)/);
    await terminal.sees(/press(ing)? enter/);
    terminal.type('\n');
    await terminal.sees(/# /);
    terminal.type('cat /host/etc/hostname; hostname\n');
    await terminal.sees(/e2e-debug-1\s+e2e-debug-1/);
    terminal.type('ps -o args\n');
    await terminal.sees(/runsvdir/);
    terminal.type('ls -d /host/var/lib/switchboard/pods\n');
    await terminal.sees(/\/host\/var\/lib\/switchboard\/pods\s/);
    terminal.type('ip -o -4 addr show eth0\n');
    await terminal.sees(/inet 172\.30\./);
    terminal.type('chroot /host sh -c "echo inside $((40 + 2))"\n');
    await terminal.sees(/inside 42/);
    terminal.type('exit\n');
    await terminal.ended;
    await cluster.kubectl('delete', 'pod', pod, '--now');
  });
