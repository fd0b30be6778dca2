import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { parse } from 'yaml';
import type { Probe } from '../../api/types.ts';
import { FakeClock } from '../../lib/clock.ts';
import { containerOf } from '../testing/pod.ts';
import { failed, type Outcome, ok, type Target } from './contract.ts';
import { checkRequest, servingStatus } from './grpc.ts';
import { probes } from './index.ts';
import { servedPorts } from './listening.ts';
import { askOnce } from './loop.ts';

const target: Target = {
  ip: '127.0.0.1',
  port: Number,
  exec: async (argv) => ({ code: argv[0] === 'true' ? 0 : 1, output: argv.join(' ') }),
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const ask = (yaml: string): Promise<Outcome> => askOnce(parse(yaml) as Probe, target);

describe('over HTTP', () => {
  const web = () =>
    portOf(
      createServer(({ url, headers }, response) => {
        if (url === '/moved') return response.writeHead(302, { location: '/ok' }).end();
        if (url === '/away') return response.writeHead(302, { location: 'http://127.0.0.9/' }).end();
        if (url === '/loop') return response.writeHead(302, { location: '/loop' }).end();
        if (url === '/slow') return;
        const good = url === '/ok' && headers['x-who'] !== 'nobody';
        return response.writeHead(good ? 200 : 503).end('body');
      }),
    );

  test('200 to 399 is good, anything else is not', async () => {
    const port = await web();
    assert.deepEqual(await ask(`httpGet: {path: /ok, port: ${port}}`), ok());
    assert.deepEqual(
      await ask(`httpGet: {path: /no, port: ${port}}`),
      failed('HTTP probe failed with statuscode: 503'),
    );
  });
  test('headers are sent', async () => {
    const headers = 'httpHeaders: [{name: X-Who, value: nobody}]';
    assert.equal((await ask(`httpGet: {path: /ok, port: ${await web()}, ${headers}}`)).ok, false);
  });
  test('redirects on the same host are followed, others count as good', async () => {
    const port = await web();
    assert.deepEqual(await ask(`httpGet: {path: /moved, port: ${port}}`), ok());
    assert.equal((await ask(`httpGet: {path: /away, port: ${port}}`)).ok, true);
    assert.match((await ask(`httpGet: {path: /loop, port: ${port}}`)).output, /stopped after 10 redirects/);
  });
  test('a refused connection and a server that says nothing', async () => {
    const port = await web();
    const url = `http://127.0.0.1:${port}/slow`;
    assert.deepEqual(
      await ask(`{timeoutSeconds: 0.05, httpGet: {path: /slow, port: ${port}}}`),
      failed(`Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`),
    );
    assert.deepEqual(
      await ask('httpGet: {path: /, port: 1}'),
      failed('Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused'),
    );
  });
  test('the port is told, also where the scheme implies it', async () => {
    const { output } = await ask('httpGet: {path: /x, host: 127.113.5.9, port: 80}');
    assert.equal(
      output,
      'Get "http://127.113.5.9:80/x": dial tcp 127.113.5.9:80: connect: connection refused',
    );
  });
});

test('over TCP: good when the connection stands', async () => {
  const port = await portOf(createServer());
  assert.deepEqual(await ask(`tcpSocket: {port: ${port}}`), ok());
  assert.deepEqual(
    await ask('tcpSocket: {port: 1}'),
    failed('dial tcp 127.0.0.1:1: connect: connection refused'),
  );
});

test('by command: good when it ends with 0', async () => {
  assert.equal((await ask('exec: {command: ["true"]}')).ok, true);
  assert.deepEqual(await ask('exec: {command: ["false", x]}'), failed('false x'));
});

describe('over gRPC', () => {
  test('the messages are those of the health service', () => {
    assert.deepEqual([...checkRequest('')], [0, 0, 0, 0, 0]);
    assert.deepEqual([...checkRequest('ab')], [0, 0, 0, 0, 4, 0x0a, 2, 0x61, 0x62]);
    assert.equal(servingStatus(Buffer.from([0, 0, 0, 0, 2, 8, 1])), 1);
    assert.equal(servingStatus(Buffer.from([0, 0, 0, 0, 0])), 0);
  });

  /** Serves `up` and no other service. */
  const grpc = async () => {
    const server = createHttp2();
    server.on('stream', (stream: ServerHttp2Stream) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const service = Buffer.concat(chunks).subarray(7).toString();
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () =>
          stream.sendTrailers({
            'grpc-status': service === 'none' ? '5' : '0',
            'grpc-message': 'unknown%20service',
          }),
        );
        stream.end(Buffer.from([0, 0, 0, 0, 2, 8, service === 'up' ? 1 : 2]));
      });
    });
    return portOf(server);
  };

  test('SERVING is good', async () => {
    const port = await grpc();
    assert.deepEqual(await ask(`grpc: {port: ${port}, service: up}`), ok('service healthy'));
    assert.deepEqual(
      await ask(`grpc: {port: ${port}, service: down}`),
      failed('service unhealthy (responded with "NOT_SERVING")'),
    );
    assert.deepEqual(
      await ask(`grpc: {port: ${port}, service: none}`),
      failed('health rpc probe failed: unknown service'),
    );
  });
  test('a refused connection is not', async () =>
    assert.match((await ask('grpc: {port: 1}')).output, /failed to connect service "127.0.0.1:1" within 1s/));
});

describe('a container that is probed', () => {
  function follow(
    yaml: string,
    answers: Record<string, boolean>,
    before?: { started: boolean; ready: boolean },
    listening: readonly number[] = [],
  ) {
    const clock = new FakeClock();
    const open = new Set(listening);
    let work = (_nowMs: number): number | undefined => 0;
    const told: string[] = [];
    const asked: string[] = [];
    const container = { ...containerOf(yaml), name: 'main' };
    const kindOf = (probe: Probe) =>
      probe === container.readinessProbe
        ? 'readiness'
        : probe === container.livenessProbe
          ? 'liveness'
          : 'startup';
    const all = probes(clock, new AbortController().signal, async (probe) => {
      const kind = kindOf(probe);
      asked.push(kind);
      return answers[kind] ? ok() : failed(`${kind} says no`);
    });
    all.follow({
      id: 'c',
      container,
      target,
      startedAtMs: clock.now(),
      serves: () => ({
        ports: servedPorts(container),
        listening: () => open,
        busyMs: () => work(clock.now()),
      }),
      ...(before && { before }),
      onChange: () => told.push('change'),
      onUnhealthy: (message) => told.push(message),
    });
    const pass = async (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        await turn();
        clock.advance(1000);
        await turn();
      }
    };
    /** So many milliseconds, one after the other. */
    const passMs = async (ms: number) => {
      for (let i = 0; i < ms; i++) {
        clock.advance(1);
        await turn();
      }
    };
    const works = (busyMs: typeof work) => {
      work = busyMs;
    };
    return { all, told, asked, answers, open, works, pass, passMs, health: () => all.health('c') };
  }

  test('without probes is started and ready', () => {
    assert.deepEqual(follow('{}', {}).health(), { started: true, ready: true });
  });

  const serving = 'ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]';

  test('and without a readiness probe is not ready before something listens on its TCP ports', async () => {
    const one = follow(serving, {});
    assert.deepEqual(one.health(), { started: true, ready: false });
    await one.passMs(20);
    assert.deepEqual([one.health().ready, one.told], [false, []]);
    one.open.add(80);
    await one.passMs(40);
    assert.deepEqual([one.health().ready, one.told], [true, ['change']]);
  });

  test('and that listens already is ready at once', () => {
    assert.equal(follow(serving, {}, undefined, [80]).health().ready, true);
  });

  test('and that never listens is ready after a second', async () => {
    const one = follow(serving, {});
    await one.passMs(990);
    assert.equal(one.health().ready, false);
    await one.passMs(10);
    assert.equal(one.health().ready, true);
  });

  test('and that is still busy is waited for longer, and not for ever', async () => {
    const one = follow(serving, {});
    one.works((nowMs) => nowMs / 3);
    await one.passMs(5_000);
    assert.equal(one.health().ready, false);
    await one.passMs(5_100);
    assert.equal(one.health().ready, true);
  });

  test('and that has nothing to do any more is not', async () => {
    const one = follow(serving, {});
    const startMs = Date.UTC(2026, 0, 1);
    one.works((nowMs) => Math.min(nowMs - startMs, 2_000));
    await one.passMs(2_000);
    assert.equal(one.health().ready, false);
    await one.passMs(600);
    assert.equal(one.health().ready, true);
  });

  test('and of which nobody counts the work is ready after a second', async () => {
    const one = follow(serving, {});
    one.works(() => undefined);
    await one.passMs(1_000);
    assert.equal(one.health().ready, true);
  });

  test('that was ready before the agent began anew stays so', () => {
    assert.equal(follow(serving, {}, { started: true, ready: true }).health().ready, true);
  });

  test('is asked for the first time at once, and then after each period', async () => {
    const one = follow('readinessProbe: {periodSeconds: 5}', { readiness: true });
    assert.deepEqual(one.health(), { started: true, ready: false });
    await turn();
    assert.deepEqual([one.health().ready, one.asked.length], [true, 1]);
    await one.pass(11);
    assert.equal(one.asked.length, 3);
  });

  test('that was never ready is asked again soon, so that it is used as soon as it can be', async () => {
    const one = follow('readinessProbe: {periodSeconds: 10}', { readiness: false });
    await one.pass(1);
    one.answers['readiness'] = true;
    await one.pass(2);
    assert.equal(one.health().ready, true);
    assert.deepEqual(one.told, ['change'], 'what fails before its time is no failure');
    one.answers['readiness'] = false;
    const asked = one.asked.length;
    await one.pass(7);
    assert.equal(one.asked.length, asked, 'from then on a period passes each time');
  });

  test('the initial delay is waited for', async () => {
    const one = follow('readinessProbe: {initialDelaySeconds: 3}', { readiness: true });
    await one.pass(2);
    assert.equal(one.asked.length, 0);
    await one.pass(2);
    assert.equal(one.health().ready, true);
  });

  test('thresholds: two failures make it unready, two successes ready again', async () => {
    const answers = { readiness: true };
    const one = follow(
      'readinessProbe: {periodSeconds: 1, failureThreshold: 2, successThreshold: 2}',
      answers,
    );
    await one.pass(2);
    assert.equal(one.health().ready, true);
    answers.readiness = false;
    await one.pass(1);
    assert.equal(one.health().ready, true);
    await one.pass(1);
    assert.equal(one.health().ready, false);
    assert.ok(one.told.includes('Readiness probe failed: readiness says no'));
    answers.readiness = true;
    await one.pass(3);
    assert.equal(one.health().ready, true);
  });

  test('liveness asks for its end, once', async () => {
    const one = follow('livenessProbe: {periodSeconds: 1, failureThreshold: 2}', { liveness: false });
    await one.pass(5);
    assert.equal(one.health().failed, 'Container main failed liveness probe, will be restarted');
    assert.equal(one.asked.length, 2);
  });

  test('the others wait for the startup probe', async () => {
    const answers = { startup: false, readiness: true, liveness: true };
    const one = follow(
      '{startupProbe: {periodSeconds: 1, failureThreshold: 9}, readinessProbe: {}, livenessProbe: {}}',
      answers,
    );
    await one.pass(3);
    assert.deepEqual([one.health().started, one.asked.includes('readiness')], [false, false]);
    answers.startup = true;
    await one.pass(2);
    assert.deepEqual(one.health(), { started: true, ready: true });
  });

  test('a startup probe that never passes asks for its end', async () => {
    const one = follow('startupProbe: {periodSeconds: 1}', { startup: false });
    await one.pass(5);
    assert.equal(one.health().failed, 'Container main failed startup probe, will be restarted');
  });

  test('a new agent takes over what was known until it knows better', async () => {
    const one = follow(
      '{startupProbe: {}, readinessProbe: {failureThreshold: 1}}',
      { readiness: false },
      { started: true, ready: true },
    );
    assert.deepEqual(one.health(), { started: true, ready: true });
    await turn();
    assert.deepEqual(one.health(), { started: true, ready: false });
  });

  test('that is ending is asked whether it is ready, and not whether it lives', async () => {
    const answers = { readiness: true, liveness: true };
    const one = follow(
      '{readinessProbe: {periodSeconds: 1, failureThreshold: 2}, livenessProbe: {periodSeconds: 1}}',
      answers,
    );
    await one.pass(2);
    one.all.leave('c');
    answers.readiness = false;
    answers.liveness = false;
    one.asked.length = 0;
    one.told.length = 0;
    await one.pass(3);
    assert.deepEqual(one.health(), { started: true, ready: false });
    assert.deepEqual(new Set(one.asked), new Set(['readiness']));
    assert.deepEqual(new Set(one.told), new Set(['Readiness probe failed: readiness says no', 'change']));
  });

  test('that is ending before it has started is not asked any more', async () => {
    const one = follow('{startupProbe: {periodSeconds: 1, failureThreshold: 9}}', { startup: false });
    await one.pass(2);
    one.all.leave('c');
    one.asked.length = 0;
    await one.pass(9);
    assert.deepEqual([one.asked, one.health()], [[], { started: false, ready: false }]);
  });

  test('is not asked any more when it has ended', async () => {
    const one = follow('readinessProbe: {periodSeconds: 1}', { readiness: true });
    await one.pass(1);
    one.all.stop('c');
    const count = one.asked.length;
    await one.pass(3);
    assert.equal(one.asked.length, count);
  });
});
