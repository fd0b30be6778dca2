/** exec, run and attach as a person has them: in a terminal, with containers as they really run. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';
import { apply, podBecomes, podOf, ready } from '../support/pods.ts';
import { screen } from '../support/screen.ts';

const programs = await kubectls();
const escape = String.fromCharCode(27);
const hash = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

let cluster: TestCluster;

before(
  async () => {
    cluster = await startCluster({ name: 'e2e-terminal' });
    await apply(
      cluster.kubectl,
      podOf({ name: 'box', script: 'exec sleep 100000' }),
      podOf({ name: 'talks', script: 'while :; do echo still here; sleep 0.2; done' }),
      podOf({ name: 'over', script: 'exit 0', spec: { restartPolicy: 'Never' } }),
    );
    await ready(cluster.kubectl, 'box', 'talks');
    await podBecomes(cluster.kubectl, 'over', ({ status }) => status?.phase === 'Succeeded');
  },
  { timeout: 180_000 },
);

after(() => cluster.down(), { timeout: 90_000 });

for (const { version, path } of programs)
  describe(`kubectl ${version}`, { timeout: 60_000 }, () => {
    const kubectl = () => kubectlWith(cluster.kubeconfig, path);
    const terminal = (...args: string[]) =>
      screen([path, ...args], {
        env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
        columns: 100,
        rows: 30,
      });

    test('exec -it is a terminal: size, colours, Ctrl-C and the exit code', async () => {
      await using person = terminal('exec', '-it', 'box', '--', 'sh');
      await person.sees(/# /);
      person.type('until [ "$(stty size)" = "30 100" ]; do sleep 0.05; done; echo size $((10 * 10))\n');
      await person.sees(/size 100/);
      person.resize(120, 40);
      person.type('until [ "$(stty size)" = "40 120" ]; do sleep 0.05; done; echo size $((4 * 30))\n');
      await person.sees(/size 120/);
      person.type('echo kind $TERM\n');
      await person.sees(/kind xterm/);
      person.type("printf '\\033[31mred\\033[0m\\n'\n");
      await person.sees(new RegExp(`${escape}\\[31mred${escape}\\[0m`));
      // What was printed was printed by a command: the shell does not read the keys itself any more.
      person.type('echo sleeps $((1 + 1)); sleep 1000\n');
      await person.sees(/sleeps 2/);
      person.type('\x03');
      person.type('echo code $?\n');
      await person.sees(/code 130/);
      person.type('exit 42\n');
      assert.equal(await person.ended, 42);
    });

    test('exec of a command that is not there ends with 127, of what is none with 126', async () => {
      const missing = await kubectl().attempt('exec', 'box', '--', 'no-such-command');
      assert.equal(missing.code, 127);
      assert.match(missing.stderr, /executable file `no-such-command` not found in \$PATH/);
      assert.match(missing.stderr, /command terminated with exit code 127/);
      const data = await kubectl().attempt('exec', 'box', '--', '/etc/passwd');
      assert.equal(data.code, 126);
      await using person = terminal('exec', '-it', 'box', '--', 'no-such-command');
      await person.sees(/not found in \$PATH/);
      assert.equal(await person.ended, 127);
    });

    test('exec passes ten megabytes byte for byte', async () => {
      const bytes = randomBytes(10_000_000);
      const said = await kubectl().input(bytes, 'exec', '-i', 'box', '--', 'sha256sum');
      assert.equal(said.split(' ')[0], hash(bytes));
    });

    test('exec into what has ended, and into what never was, says so', async () => {
      const over = await kubectl().attempt('exec', 'over', '--', 'ls');
      assert.equal(over.code, 1);
      assert.match(
        over.stderr,
        /cannot exec into a container in a completed pod; current phase is Succeeded|container not found/,
      );
      const none = await kubectl().attempt('exec', 'box', '-c', 'none', '--', 'ls');
      assert.match(none.stderr, /container none is not valid for pod box/);
    });

    test('attach to a container without stdin and terminal shows what it says', async () => {
      await using person = terminal('attach', '-it', 'talks');
      await person.sees(/Unable to use a TTY - container main did not allocate one/);
      await person.sees(/still here/);
    });

    test('run -it --rm is a terminal, and leaves nothing', async () => {
      const name = `run-${version.replace('.', '-')}`;
      await using person = terminal(
        'run',
        name,
        '-it',
        '--rm',
        '--restart=Never',
        '--image=busybox',
        '--',
        'sh',
      );
      await person.sees(/press(ing)? enter/);
      person.type('\n');
      await person.sees(/# /);
      person.type('hostname\n');
      await person.sees(new RegExp(`${name}\r`));
      person.type('exit 5\n');
      await person.sees(new RegExp(`pod "${name}" deleted`));
      assert.equal(await person.ended, 5);
      const { stderr } = await kubectl().attempt('get', 'pod', name);
      assert.match(stderr, /not found/);
    });
  });
