import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type {
  ContainerConfig,
  ContainerRecord,
  ContainerRuntime,
  Image,
} from '../../src/kubelet/contract.ts';
import { findCgroups } from '../../src/kubelet/runtime/cgroup.ts';
import { conmonRuntime } from '../../src/kubelet/runtime/index.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { identify } from '../../src/lib/process.ts';
import {
  busyboxImage,
  containerConfig,
  inside,
  runInside,
  temporaryDirectory,
} from '../support/containers.ts';
import { eventually } from '../support/eventually.ts';

if (!inside) test('containers run under crun and conmon', () => runInside(import.meta.filename));
else
  describe('containers under crun and conmon', { timeout: 160_000 }, () => {
    const directory = temporaryDirectory();
    const cgroupParent = `/switchboard-test-${process.pid}`;
    let image: Image;
    let runtime: ContainerRuntime;
    let agent = new AbortController();

    function newAgent(): ContainerRuntime {
      agent.abort();
      agent = new AbortController();
      return conmonRuntime({
        stateDirectory: `${directory}/state`,
        runDirectory: `${directory}/run`,
        cgroupParent,
        clock: systemClock,
        signal: agent.signal,
      });
    }

    before(async () => {
      image = await busyboxImage(directory);
      runtime = newAgent();
    });

    after(async () => {
      for (const { id } of await runtime.list()) await runtime.remove(id);
      agent.abort();
      assert.deepEqual(readdirSync(`${directory}/state/containers`), []);
      rmSync(directory, { recursive: true, force: true });
      findCgroups()?.remove(cgroupParent);
      assert.equal(existsSync(`/sys/fs/cgroup/memory${cgroupParent}`), false);
    });

    async function up(own: Partial<ContainerConfig>): Promise<ContainerRecord> {
      const { id } = await runtime.create(containerConfig(image, directory, own));
      return runtime.start(id);
    }

    async function ended(id: string): Promise<ContainerRecord> {
      for (let i = 0; i < 6000; i++) {
        const record = (await runtime.list()).find((r) => r.id === id);
        if (record?.state === 'exited') return record;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`container ${id} did not end`);
    }

    const sh = (script: string) => ['sh', '-c', script];
    const logOf = (record: ContainerRecord) =>
      readFileSync(record.logPath, 'utf8').replace(/^\S+ /gm, '').trim().split('\n');

    test('its output is in the log in CRI format and its exit code is told', async () => {
      const told: string[] = [];
      runtime.onExit((r) => told.push(r.id));
      const record = await up({ argv: sh('echo out; echo err >&2; exit 7') });
      const end = await ended(record.id);
      assert.equal(end.exitCode, 7);
      assert.equal(end.reason, 'Error');
      assert.deepEqual(logOf(record).sort(), ['stderr F err', 'stdout F out']);
      assert.deepEqual(told, [record.id]);
    });

    test('a command that is not in the image leaves a record that says so', async () => {
      const config = containerConfig(image, directory, { argv: ['no-such-command'] });
      await assert.rejects(runtime.create(config), /no-such-command/);
      const record = await ended(config.id);
      assert.equal(record.exitCode, 128);
      assert.equal(record.reason, 'ContainerCannotRun');
    });

    test('what exceeds its memory is OOMKilled', async () => {
      const record = await up({
        argv: sh('dd if=/dev/zero of=/dev/null bs=64M count=1'),
        resources: { memoryBytes: 16 << 20 },
      });
      const end = await ended(record.id);
      assert.equal(end.reason, 'OOMKilled');
    });

    test('user, groups, read-only root, limits and devices are as they were asked for', async () => {
      const record = await up({
        argv: sh('id; touch /x; cat /sys/fs/cgroup/none; echo hi > /dev/null && echo dev; pwd'),
        user: { uid: 101, gid: 102, additionalGids: [200] },
        readOnlyRoot: true,
        workingDir: '/made/for/it',
      });
      await ended(record.id);
      const log = logOf(record).join('\n');
      assert.match(log, /uid=101\(web\) gid=102\(web\) groups=200\(logs\)/);
      assert.match(log, /Read-only file system/);
      assert.match(log, /stdout F dev/);
      assert.match(log, /stdout F \/made\/for\/it/);
    });

    test('exec tells all output before the exit code, 10 MB of stdin byte for byte', async () => {
      const record = await up({});
      const session = await runtime.exec(record.id, sh('cat; echo done >/dev/stderr; exit 5'), {
        tty: false,
        stdin: true,
      });
      const bytes = Buffer.alloc(10_000_000, 'switchboard');
      session.stdin?.end(bytes);
      const hash = createHash('md5');
      let exited = false;
      void session.exit.then(() => (exited = true));
      const err = text(session.stderr as NonNullable<typeof session.stderr>);
      for await (const chunk of session.stdout) {
        assert.equal(exited, false);
        hash.update(chunk as Buffer);
      }
      assert.equal(await session.exit, 5);
      assert.equal(hash.digest('hex'), createHash('md5').update(bytes).digest('hex'));
      assert.equal(await err, 'done\n');
    });

    test('exec runs as the container does: user, groups, folder and environment', async () => {
      const record = await up({
        user: { uid: 101, gid: 102, additionalGids: [200] },
        workingDir: '/srv',
        env: { PATH: '/bin:/usr/bin', A: 'b' },
      });
      for (const tty of [false, true]) {
        const session = await runtime.exec(record.id, sh('id; pwd; echo "A is $A"'), { tty, stdin: false });
        const said = await text(session.stdout);
        assert.equal(await session.exit, 0);
        assert.match(said, /uid=101\(web\) gid=102\(web\) groups=200\(logs\)\s+\/srv\s+A is b/);
      }
    });

    test('exec in a terminal has the size it is given', async () => {
      const record = await up({});
      const session = await runtime.exec(record.id, sh('read line; stty size; tty; exit 3'), {
        tty: true,
        stdin: true,
      });
      session.resize(101, 33);
      session.stdin?.write('go\n');
      const printed = await text(session.stdout);
      assert.match(printed, /33 101/);
      assert.equal(await session.exit, 3);
    });

    test('exec of what cannot be run tells why, with the code that a shell has for it', async () => {
      const record = await up({});
      const exec = async (tty: boolean, ...argv: string[]) => {
        const session = await runtime.exec(record.id, argv, { tty, stdin: false });
        const said = await Promise.all([text(session.stdout), session.stderr ? text(session.stderr) : '']);
        return { code: await session.exit, said: said.join('') };
      };
      const missing = await exec(false, 'no-such-command');
      assert.equal(missing.code, 127);
      assert.match(missing.said, /executable file `no-such-command` not found in \$PATH/);
      assert.equal((await exec(true, 'no-such-command')).code, 127);
      const data = await exec(false, '/etc/passwd');
      assert.equal(data.code, 126);
      assert.match(data.said, /Permission denied/);
      assert.equal((await exec(false, 'sh', '-c', 'exit 255')).code, 255);
      assert.deepEqual(readdirSync(`${directory}/run/exec`), []);
    });

    test('exec on a terminal tells all of what was over before this process looked', async () => {
      const record = await up({});
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const busy = setInterval(() => Atomics.wait(flag, 0, 0, 200), 0);
      try {
        for (let i = 0; i < 5; i++) {
          const session = await runtime.exec(record.id, sh('echo quick; exit 6'), {
            tty: true,
            stdin: false,
          });
          assert.equal(await text(session.stdout), 'quick\r\n');
          assert.equal(await session.exit, 6);
        }
      } finally {
        clearInterval(busy);
      }
    });

    test('a log is begun anew, and nothing of it is lost', async () => {
      const record = await up({
        argv: sh('i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; sleep 100'),
      });
      renameSync(record.logPath, `${record.logPath}.before`);
      await runtime.reopenLog(record.id);
      const before = `${record.logPath}.before`;
      const all = () =>
        [before, record.logPath].map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''));
      await eventually(() => assert.match(all().join(''), /1999\n/));
      const printed = all()
        .join('')
        .replace(/^\S+ stdout F /gm, '')
        .replace(/^\S+ stdout P (.*)\n/gm, '$1');
      const lines = printed.trim().split('\n');
      assert.deepEqual(
        lines,
        Array.from({ length: 2000 }, (_, i) => `line ${i}`),
      );
      assert.ok(existsSync(record.logPath));
    });

    test('closing an exec ends its process, and nothing else', async () => {
      const record = await up({});
      const session = await runtime.exec(record.id, sh('echo up; exec sleep 77'), {
        tty: false,
        stdin: false,
      });
      await once(session.stdout, 'data');
      session.close();
      assert.equal(await session.exit, 137);
      assert.equal((await runtime.list()).find((r) => r.id === record.id)?.state, 'running');
    });

    test('an exec that leaves a background process behind ends all the same', async () => {
      const record = await up({});
      const session = await runtime.exec(record.id, sh('sleep 50 & echo left'), { tty: false, stdin: false });
      assert.equal(await text(session.stdout), 'left\n');
      assert.equal(await session.exit, 0);
    });

    test('attach passes stdin, its end, and both outputs', async () => {
      const record = await up({ argv: sh('cat; echo bye >&2; exit 4'), stdin: true, stdinOnce: true });
      const session = await runtime.attach(record.id, { stdin: true });
      const bytes = Buffer.alloc(1_000_000, 'operator\n');
      session.stdin?.end(bytes);
      const err = text(session.stderr as NonNullable<typeof session.stderr>);
      const out = await text(session.stdout);
      assert.equal(out.length, bytes.length);
      assert.equal(await err, 'bye\n');
      assert.equal(await session.exit, 4);
    });

    test('detaching leaves the container and its stdin as they are', async () => {
      const record = await up({ argv: sh('read a; echo got $a; exit 0'), stdin: true });
      (await runtime.attach(record.id, { stdin: true })).close();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal((await runtime.list()).find((r) => r.id === record.id)?.state, 'running');
      const again = await runtime.attach(record.id, { stdin: true });
      again.stdin?.write('it\n');
      assert.equal(await again.exit, 0);
      assert.deepEqual(logOf(record), ['stdout F got it']);
    });

    test('a container with a terminal gets the last of several sizes that come at once', async () => {
      const script = 'read x; until [ "$(stty size)" = "30 90" ]; do sleep 0.01; done; stty size';
      const record = await up({ argv: sh(script), stdin: true, tty: true });
      const session = await runtime.attach(record.id, { stdin: true });
      // So kubectl does it, that programs draw themselves anew.
      session.resize(91, 31);
      session.resize(90, 30);
      session.stdin?.write('x\n');
      assert.match(await text(session.stdout), /30 90/);
    });

    test('a new agent finds those that run, and the exit codes of those that ended meanwhile', async () => {
      const lasting = await up({});
      const short = await up({ argv: sh('sleep 0.2; exit 9') });
      agent.abort();
      await eventually(() => assert.equal(identify(short.pid ?? 0), undefined));
      runtime = newAgent();
      const told: ContainerRecord[] = [];
      runtime.onExit((r) => told.push(r));
      // conmon writes it down a moment after the process has ended.
      await eventually(() =>
        assert.deepEqual(
          told.filter((r) => r.id === short.id).map((r) => r.exitCode),
          [9],
        ),
      );
      assert.equal((await runtime.list()).find((r) => r.id === lasting.id)?.state, 'running');
      await runtime.signal(lasting.id, 'SIGKILL');
      assert.equal((await ended(lasting.id)).exitCode, 137);
    });

    test('removal gives back the root, the cgroup and the state; the log stays', async () => {
      const record = await up({ argv: sh('echo kept; sleep 60') });
      assert.ok(((await runtime.stats(record.id))?.memoryBytes ?? 0) > 0);
      await eventually(() => assert.match(logOf(record).join(), /kept/));
      await runtime.remove(record.id);
      assert.equal(existsSync(`${directory}/state/containers/${record.id}`), false);
      assert.equal(existsSync(`/sys/fs/cgroup/memory${cgroupParent}/${record.id}`), false);
      assert.deepEqual(logOf(record), ['stdout F kept']);
      assert.doesNotMatch(readFileSync('/proc/self/mounts', 'utf8'), new RegExp(record.id));
    });
  });
