/**
 * What every kubectl of this machine does over the kubelet's streams. It came to WebSockets with 1.30, and for
 * port-forward with 1.31; before, it speaks SPDY.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../../src/lib/testing/freePort.ts';
import { eventually } from '../support/eventually.ts';
import { kubectls } from '../support/kubectls.ts';
import { spawnInTerminal } from '../support/pty.ts';
import { StreamWorld } from '../support/streamWorld.ts';
import { accessOf, execOverWebSocket, tunnelBridge } from '../support/webSocketClient.ts';

const programs = await kubectls();
const oldest = programs[0];
const sh = (script: string) => ['--', 'sh', '-c', script];
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let world: StreamWorld;
/** Answers what it was sent, when it has heard all of it. */
let reverse: Server;
let echo: Server;

interface Ended {
  code: number | null;
  out: Buffer;
  err: string;
}

before(async () => {
  world = await StreamWorld.start();
  await world.addPod('web', 'main');
  echo = await listening((socket) => socket.pipe(socket));
  reverse = await listening((socket) => {
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    socket.on('end', () => socket.end(Buffer.concat(heard).reverse()));
  });
});

after(async () => {
  echo.close();
  reverse.close();
  await world[Symbol.asyncDispose]();
});

async function listening(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** What kubectl speaks since 1.30, and since 1.31 for port-forward, also where there is none of those. */
describe('a WebSocket', { timeout: 60_000 }, () => {
  for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io']) {
    test(`of ${protocol} keeps stdout and stderr apart and tells the exit code`, async () => {
      const command = ['sh', '-c', 'echo out; echo err >&2; exit 7'];
      const { out, err, status } = await execOverWebSocket(accessOf(world.kubeconfig), 'web', command, {
        protocol,
      });
      assert.equal(out.toString(), 'out\n');
      assert.equal(err, 'err\n');
      assert.deepEqual(status.details?.causes, [{ reason: 'ExitCode', message: '7' }]);
      assert.equal(world.upgrades.at(-1), `websocket ${protocol}`);
    });

    test(`of ${protocol} passes ten megabytes in and out byte for byte`, async () => {
      const input = randomBytes(10_000_000);
      const command = ['head', '-c', String(input.length)];
      const { out, status } = await execOverWebSocket(accessOf(world.kubeconfig), 'web', command, {
        protocol,
        input,
      });
      assert.equal(status.status, 'Success');
      assert.equal(hash(out), hash(input));
    });

    test(`of ${protocol} gives the size of a terminal`, async () => {
      const command = ['sh', '-c', 'until [ "$(stty size)" = "30 100" ]; do sleep 0.02; done; exit 3'];
      const size = { Width: 100, Height: 30 };
      const { status } = await execOverWebSocket(accessOf(world.kubeconfig), 'web', command, {
        protocol,
        size,
      });
      assert.deepEqual(status.details?.causes, [{ reason: 'ExitCode', message: '3' }]);
    });
  }

  test('ends the input of a command that goes on', async () => {
    const { out } = await execOverWebSocket(
      accessOf(world.kubeconfig),
      'web',
      ['sh', '-c', 'sort; echo end'],
      {
        protocol: 'v5.channel.k8s.io',
        input: Buffer.from('b\na\n'),
      },
    );
    assert.equal(out.toString(), 'a\nb\nend\n');
  });

  test('carries SPDY for port-forward', async () => {
    await using bridge = await tunnelBridge(accessOf(world.kubeconfig));
    const path = oldest?.path ?? '';
    const child = spawn(
      path,
      [`--server=${bridge.server}`, 'port-forward', 'pod/web', `:${portOf(reverse)}`],
      {
        env: { ...process.env, KUBECONFIG: '/dev/null' },
      },
    );
    const [local] = await forwarded(child, 1);
    const bytes = Array.from({ length: 4 }, () => randomBytes(300_000));
    const answers = await Promise.all(bytes.map((own) => said(local, own)));
    assert.deepEqual(
      answers.map(hash),
      bytes.map((own) => hash(Buffer.from(own).reverse())),
    );
    assert.equal(world.upgrades.at(-1), 'websocket SPDY/3.1+portforward.k8s.io');
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});

for (const { version, path } of programs)
  describe(`kubectl ${version}`, { timeout: 60_000 }, () => {
    const minor = Number(version.split('.')[1]);
    const env = () => ({ ...process.env, KUBECONFIG: world.kubeconfig });
    const start = (...args: string[]) => spawn(path, args, { env: env(), stdio: 'pipe' });

    async function run(args: string[], input: Buffer | string = ''): Promise<Ended> {
      const child = start(...args);
      const out: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      return { code: code as number | null, out: Buffer.concat(out), err };
    }

    test('exec keeps stdout and stderr apart and ends with the exit code of the command', async () => {
      const { code, out, err } = await run(['exec', 'web', ...sh('echo out; echo err >&2; exit 7')]);
      assert.equal(code, 7);
      assert.equal(out.toString(), 'out\n');
      assert.equal(err, 'err\ncommand terminated with exit code 7\n');
      assert.equal(world.upgrades.at(-1), minor >= 30 ? 'websocket v5.channel.k8s.io' : 'SPDY/3.1');
    });

    test('exec passes ten megabytes in and out byte for byte', async () => {
      const bytes = randomBytes(10_000_000);
      const { code, out } = await run(['exec', '-i', 'web', '--', 'cat'], bytes);
      assert.equal(code, 0);
      assert.equal(hash(out), hash(bytes));
    });

    test('exec delivers all output of a command that does not read its input', async () => {
      const { code, out } = await run(
        ['exec', '-i', 'web', ...sh('head -c 3000000 /dev/zero; exit 4')],
        randomBytes(2_000_000),
      );
      assert.equal(code, 4);
      assert.equal(out.length, 3_000_000);
    });

    test('exec in a terminal has its size, also when it changes', async () => {
      const until = (size: string) => `until [ "$(stty size)" = "${size}" ]; do sleep 0.02; done`;
      const script = `${until('30 100')}; echo first; read line; echo got $line; ${until('40 120')}; exit 3`;
      const { child, stream, resize } = spawnInTerminal([path, 'exec', '-it', 'web', ...sh(script)], {
        env: env(),
        columns: 100,
        rows: 30,
      });
      let seen = '';
      stream.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      const ended = once(child, 'exit');
      await eventually(() => assert.match(seen, /first/));
      stream.write('a line\n');
      await eventually(() => assert.match(seen, /got a line/));
      resize(120, 40);
      assert.deepEqual(await ended, [3, null]);
      stream.destroy();
    });

    test('a command ends when its client vanishes', async () => {
      const before = world.runtime.started.length;
      const child = start('exec', '-i', 'web', '--', 'sleep', '1000');
      const command = await eventually(() => {
        const started = world.runtime.started[before];
        assert.ok(started);
        return started;
      });
      const ended = once(command, 'exit', { signal: AbortSignal.timeout(30_000) });
      child.kill('SIGKILL');
      assert.deepEqual(await ended, [null, 'SIGKILL']);
    });

    test('exec says what is wrong when there is nothing to run it in', async () => {
      const name = `halted-${version.replace('.', '-')}`;
      await world.addPod(name, 'main');
      world.runtime.end(`${name}-main-0`, 0);
      const { code, err } = await run(['exec', name, '--', 'ls']);
      assert.equal(code, 1);
      assert.match(err, /container not found \("main"\)/);
    });

    test('attach joins the first process, with both outputs, and leaves it running', async () => {
      const name = `attached-${version.replace('.', '-')}`;
      await world.addPod(name, 'main');
      const record = [...world.runtime.records.values()].find((r) => r.podName === name);
      assert.ok(record);
      const first = world.runtime.run(record, [
        'sh',
        '-c',
        'while read l; do echo got $l; echo bad $l >&2; done',
      ]);
      const child = start('attach', '-i', name);
      child.stdin.write('one\n');
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      await eventually(() => assert.equal(out, 'got one\n'));
      await eventually(() => assert.match(err, /bad one/));
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      assert.equal(first.exitCode, null);
      first.kill('SIGKILL');
    });

    test('logs are told whole, or from their last lines, with their times', async () => {
      writeFileSync(
        world.log('web', 'main'),
        [
          '2026-01-01T00:00:00.000000001+00:00 stdout F one',
          '2026-01-01T00:00:01.000000000+00:00 stdout P tw',
          '2026-01-01T00:00:01.000000000+00:00 stdout F o',
          '2026-01-01T00:00:02.500000000+00:00 stderr F three',
          '',
        ].join('\n'),
      );
      assert.equal((await run(['logs', 'web'])).out.toString(), 'one\ntwo\nthree\n');
      assert.equal((await run(['logs', 'web', '--tail=2'])).out.toString(), 'two\nthree\n');
      assert.equal(
        (await run(['logs', 'web', '--timestamps', '--tail=1'])).out.toString(),
        '2026-01-01T00:00:02.500000000Z three\n',
      );
      assert.equal(
        (await run(['logs', 'web', '--since-time=2026-01-01T00:00:02Z'])).out.toString(),
        'three\n',
      );
    });

    test('logs are followed through a rotation until the container ends', async () => {
      const name = `logging-${version.replace('.', '-')}`;
      await world.addPod(name, 'main');
      const [record] = [...world.runtime.records.values()].filter((r) => r.podName === name);
      assert.ok(record);
      const line = (content: string) => `2026-01-01T00:00:00.000000000Z stdout F ${content}\n`;
      writeFileSync(record.logPath, line('one'));
      const child = start('logs', '-f', name);
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      // Not `exit`: its last words may come after that.
      const ended = once(child, 'close');
      await eventually(() => assert.equal(out, 'one\n'));
      appendFileSync(record.logPath, line('two'));
      await eventually(() => assert.equal(out, 'one\ntwo\n'), 30_000, 10);
      renameSync(record.logPath, `${record.logPath}.1`);
      appendFileSync(`${record.logPath}.1`, line('three'));
      writeFileSync(record.logPath, line('four'));
      await eventually(() => assert.equal(out, 'one\ntwo\nthree\nfour\n'), 30_000, 10);
      appendFileSync(record.logPath, line('last'));
      world.runtime.end(record.id, 0);
      assert.deepEqual(await ended, [0, null]);
      assert.equal(out, 'one\ntwo\nthree\nfour\nlast\n');
    });

    test('port-forward carries several connections at once, and each end of a direction', async () => {
      const ports = [portOf(echo), portOf(reverse)];
      const child = start('port-forward', 'pod/web', ...ports.map((port) => `:${port}`));
      const [toEcho, toReverse] = await forwarded(child, 2);
      const bytes = Array.from({ length: 8 }, () => randomBytes(300_000));
      const answers = await Promise.all([
        ...bytes.map((own) => said(toEcho, own)),
        ...bytes.map((own) => said(toReverse, own)),
      ]);
      assert.deepEqual(answers.slice(0, 8).map(hash), bytes.map(hash));
      assert.deepEqual(
        answers.slice(8).map(hash),
        bytes.map((own) => hash(Buffer.from(own).reverse())),
      );
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.equal(world.upgrades.at(-1), minor >= 31 ? 'websocket SPDY/3.1+portforward.k8s.io' : 'SPDY/3.1');
    });

    test('port-forward says why a port cannot be reached', async () => {
      const port = await freePort();
      const child = start('port-forward', 'pod/web', `:${port}`);
      const err = text(child.stderr);
      const [local] = await forwarded(child, 1);
      assert.equal((await said(local, Buffer.from('hello'))).length, 0);
      child.kill();
      assert.match(
        await err,
        new RegExp(`error forwarding port ${port} to pod default/web, uid .*ECONNREFUSED`),
      );
    });
  });

/** The local ports that kubectl tells, in the order in which they were asked for. */
async function forwarded(child: ChildProcess, count: number): Promise<number[]> {
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return eventually(() => {
    const ports = [...out.matchAll(/Forwarding from 127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1]));
    assert.equal(ports.length, count);
    return ports;
  });
}

/** Everything that comes back for it, until the other side has ended. */
async function said(port: number | undefined, bytes: Buffer): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port: port ?? 0, allowHalfOpen: true });
  const back: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => back.push(chunk));
  socket.on('error', () => {});
  socket.end(bytes);
  await once(socket, 'close');
  return Buffer.concat(back);
}
