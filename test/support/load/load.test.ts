import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { percentile, startLoad } from './load.ts';
import { faultOf } from './request.ts';

const here = { netns: '/proc/self/ns/net', address: '127.0.0.1' };
const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

/** What a load of a tenth of a second met, from a server that does this with each connection. */
async function met(serve: (client: Socket, n: number) => void) {
  let n = 0;
  const server: Server = createServer((client) => {
    client.on('error', () => {});
    client.once('data', () => serve(client, n++));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const path = { name: 'here', sources: [here], targets: [{ address: '127.0.0.1', port }] };
  const load = startLoad([path], 200);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await load.stop();
  server.close();
  return load.take();
}

describe('a load', () => {
  test('counts what was answered', async () => {
    const { requests, failures, latenciesMs } = await met((client) => client.end(whole));
    assert.ok(requests > 0);
    assert.deepEqual([failures, latenciesMs.length], [0, requests]);
  });

  test('misses none that failed, and says why the first did', async () => {
    const { requests, failures, kinds, failed } = await met((client, n) => {
      if (n % 2 === 0) client.resetAndDestroy();
      else client.end('HTTP/1.1 503 Sorry\r\n\r\n');
    });
    assert.equal(failures, requests);
    assert.deepEqual([...kinds.keys()].sort(), ['ECONNRESET (read)', 'answered HTTP/1.1 503 Sorry']);
    assert.equal(
      [...kinds.values()].reduce((sum, count) => sum + count),
      failures,
    );
    assert.equal(failed.length, 4, 'two of each kind');
    assert.match(failed[0]?.from ?? '', /^127\.0\.0\.1 port \d+$/);
  });

  test('a server that is not there is a failure', async () => {
    const path = { name: 'nobody', sources: [here], targets: [{ address: '127.0.0.1', port: 1 }] };
    const load = startLoad([path], 200);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await load.stop();
    const { requests, failures, failed } = await load.take();
    assert.ok(failures > 0 && failures === requests);
    assert.equal(failed[0]?.what, 'ECONNREFUSED (connect)');
  });
});

test('an answer is whole, or it says what is missing', () => {
  assert.equal(faultOf(whole), undefined);
  assert.equal(faultOf(''), 'closed without an answer');
  assert.equal(faultOf('HTTP/1.1 200 OK\r\nContent-Le'), 'cut within its head');
  assert.equal(faultOf(whole.slice(0, -1)), 'cut after 1 of 2 bytes');
  assert.equal(
    faultOf('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
    'answered HTTP/1.1 404 Not Found',
  );
});

test('percentiles are of the sorted values', () => {
  const values = [5, 1, 4, 2, 3];
  assert.deepEqual(
    [0, 0.5, 0.99, 1].map((part) => percentile(values, part)),
    [1, 3, 5, 5],
  );
});
