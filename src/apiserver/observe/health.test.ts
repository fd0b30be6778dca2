import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HealthCheck, healthAnswer } from './health.ts';

const good: HealthCheck = { name: 'ping', failure: () => undefined };
const bad: HealthCheck = { name: 'etcd', failure: () => Promise.reject(new Error('the disk is full')) };

async function ask(url: string, checks: HealthCheck[]): Promise<[number, unknown] | undefined> {
  const [path = '', query] = url.split('?');
  const answer = await healthAnswer({ path, query: new URLSearchParams(query) }, { readyz: checks });
  return answer && 'body' in answer ? [answer.code, answer.body] : undefined;
}

test('who is well says ok, and with verbose what was looked at', async () => {
  assert.deepEqual(await ask('/readyz', [good]), [200, 'ok']);
  assert.deepEqual(await ask('/readyz?verbose', [good]), [200, '[+]ping ok\nreadyz check passed\n']);
});

test('who is not well says which check failed and why', async () => {
  assert.deepEqual(await ask('/readyz', [good, bad]), [
    500,
    '[+]ping ok\n[-]etcd failed: the disk is full\nreadyz check failed\n',
  ]);
});

test('checks can be excluded, and one that is none is told', async () => {
  assert.deepEqual(await ask('/readyz?exclude=etcd', [good, bad]), [200, 'ok']);
  assert.deepEqual(await ask('/readyz?verbose&exclude=etcd&exclude=x', [good, bad]), [
    200,
    '[+]ping ok\n[+]etcd excluded: ok\nwarn: some health checks cannot be excluded: no matches for "x"\nreadyz check passed\n',
  ]);
});

test('a check can be asked alone', async () => {
  assert.deepEqual(await ask('/readyz/ping', [good, bad]), [200, 'ok']);
  assert.deepEqual(await ask('/readyz/etcd', [good, bad]), [
    500,
    'internal server error: the disk is full\n',
  ]);
  assert.equal(await ask('/readyz/none', [good]), undefined);
  assert.equal(await ask('/elsewhere', [good]), undefined);
});
