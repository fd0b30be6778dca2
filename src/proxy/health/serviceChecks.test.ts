import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { FakeClock } from '../../lib/clock.ts';
import { type BindAddress, listen, type Question, type Reply } from './http.ts';
import { answer, ServiceChecks } from './serviceChecks.ts';

const question = { path: '/', localAddress: '::ffff:172.30.0.2' };

/** A machine on which some ports are taken. */
function world(taken: number[] = []) {
  const open = new Map<number, (question: Question) => Reply>();
  const [clock, ending, told] = [new FakeClock(), new AbortController(), [] as string[]];
  const proxy = { isHealthy: true };
  const checks = new ServiceChecks({
    isProxyHealthy: () => proxy.isHealthy,
    onTaken: (key, port, err) => told.push(`${key} ${port}: ${err.message}`),
    clock,
    signal: ending.signal,
    listen: async ({ port }: BindAddress, reply) => {
      if (taken.includes(port) || open.has(port)) throw new Error('address already in use');
      open.set(port, reply);
      return { port, close: () => void open.delete(port) };
    },
  });
  const ask = (port: number) => open.get(port)?.(question);
  return { open, clock, ending, told, proxy, checks, ask, taken };
}

describe('health checks of Services', () => {
  test('answer from the time that a Service asks for one until it no longer does', async () => {
    const { checks, open, ask } = world();
    checks.update('default/web', { port: 31000, endpoints: { 4: 1 } });
    assert.equal(ask(31000)?.code, 200);
    checks.update('default/web', { port: 31000, endpoints: { 4: 0 } });
    assert.equal(ask(31000)?.code, 503);
    await tick();
    checks.update('default/web', { port: 31001, endpoints: { 4: 2 } });
    assert.deepEqual([...open.keys()], [31001]);
    checks.update('default/web', undefined);
    checks.update('default/web', undefined);
    await tick();
    assert.deepEqual([...open.keys()], []);
  });

  test('are closed with the proxy', async () => {
    const { checks, open, ending } = world();
    checks.update('default/web', { port: 31000, endpoints: { 4: 1 } });
    await tick();
    ending.abort();
    assert.deepEqual([...open.keys()], []);
    checks.update('default/other', { port: 31001, endpoints: { 4: 1 } });
    assert.deepEqual([...open.keys()], []);
  });

  test('a port that is taken is told once and tried again', async () => {
    const { checks, clock, told, ask, taken } = world([31000]);
    checks.update('default/web', { port: 31000, endpoints: { 4: 1 } });
    await tick();
    clock.advance(1_000);
    await tick();
    assert.deepEqual(told, ['default/web 31000: address already in use']);
    taken.length = 0;
    clock.advance(2_000);
    await tick();
    assert.equal(ask(31000)?.code, 200);
  });

  test('a Service that goes while its port is taken is not tried again', async () => {
    const { checks, clock, open, taken } = world([31000]);
    checks.update('default/web', { port: 31000, endpoints: { 4: 1 } });
    await tick();
    checks.update('default/web', undefined);
    taken.length = 0;
    clock.advance(60_000);
    await tick();
    assert.deepEqual([...open.keys()], []);
  });
});

describe('the answer', () => {
  const of = (endpoints: { 4?: number; 6?: number }, localAddress: string, isHealthy = true) =>
    answer('shop/cart', { port: 31000, endpoints }, { localAddress }, isHealthy);

  test('is kube-proxy’s', () => {
    const { code, headers, body } = of({ 4: 2 }, '172.30.0.2');
    assert.equal(code, 200);
    assert.deepEqual(headers, {
      'Content-Type': 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'X-Load-Balancing-Endpoint-Weight': '2',
    });
    assert.equal(
      body,
      '{\n\t"service": {\n\t\t"namespace": "shop",\n\t\t"name": "cart"\n\t},\n\t"localEndpoints": 2,\n\t"serviceProxyHealthy": true\n}',
    );
  });

  test('is 503 without an endpoint here, and while the proxy is not healthy', () => {
    assert.equal(of({ 4: 0 }, '172.30.0.2').code, 503);
    const unhealthy = of({ 4: 2 }, '172.30.0.2', false);
    assert.equal(unhealthy.code, 503);
    assert.match(unhealthy.body, /"localEndpoints": 2,\n\t"serviceProxyHealthy": false/);
  });

  test('counts the family that was asked, or the only one', () => {
    const weight = (endpoints: { 4?: number; 6?: number }, localAddress: string) =>
      of(endpoints, localAddress).headers['X-Load-Balancing-Endpoint-Weight'];
    assert.equal(weight({ 4: 1, 6: 3 }, '::ffff:172.30.0.2'), '1');
    assert.equal(weight({ 4: 1, 6: 3 }, 'fd30::2'), '3');
    assert.equal(weight({ 4: 1 }, 'fd30::2'), '1');
    assert.equal(weight({ 6: 3 }, '172.30.0.2'), '3');
  });
});

describe('a server', () => {
  test('answers over HTTP with the path that was asked', async () => {
    const server = await listen({ host: '127.0.0.1', port: 0 }, ({ path, localAddress }) => ({
      code: 503,
      headers: { 'X-Test': 'yes' },
      body: `${path} ${localAddress}`,
    }));
    try {
      const response = await fetch(`http://127.0.0.1:${server.port}/healthz?verbose`);
      assert.equal(response.status, 503);
      assert.equal(response.headers.get('x-test'), 'yes');
      assert.equal(await response.text(), '/healthz 127.0.0.1');
      await assert.rejects(
        listen({ host: '127.0.0.1', port: server.port }, () => assert.fail()),
        /EADDRINUSE/,
      );
    } finally {
      server.close();
    }
    await assert.rejects(fetch(`http://127.0.0.1:${server.port}/`));
  });
});
