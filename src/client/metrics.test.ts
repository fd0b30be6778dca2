import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../lib/clock.ts';
import { exposition } from '../lib/metrics/exposition.ts';
import type { Reply } from './connection.ts';
import { ClientMetrics } from './metrics.ts';

const lines = (metrics: ClientMetrics) =>
  exposition(metrics.families())
    .split('\n')
    .filter((line) => !/^#|_bucket|^$/.test(line));

test('requests are counted by what was answered, and how long it took', async () => {
  const clock = new FakeClock();
  const metrics = new ClientMetrics(clock);
  const { request } = metrics.counting(
    {
      async request(_method, path) {
        clock.advance(250);
        if (path === '/lost') throw new Error('Cannot reach it');
        return { code: path === '/none' ? 404 : 200 } as Reply;
      },
    },
    'https://10.96.0.1:443',
  );
  await request('GET', '/api/v1/services');
  await request('GET', '/none');
  await request('POST', '/api/v1/events');
  await request('GET', '/api/v1/services?resourceVersion=1&watch=true');
  await assert.rejects(request('GET', '/lost'), /Cannot reach it/);
  assert.deepEqual(lines(metrics), [
    'rest_client_requests_total{code="200",host="10.96.0.1:443",method="GET"} 2',
    'rest_client_requests_total{code="404",host="10.96.0.1:443",method="GET"} 1',
    'rest_client_requests_total{code="200",host="10.96.0.1:443",method="POST"} 1',
    'rest_client_requests_total{code="<error>",host="10.96.0.1:443",method="GET"} 1',
    'rest_client_request_duration_seconds_sum{host="10.96.0.1:443",verb="GET"} 0.75',
    'rest_client_request_duration_seconds_count{host="10.96.0.1:443",verb="GET"} 3',
    'rest_client_request_duration_seconds_sum{host="10.96.0.1:443",verb="POST"} 0.25',
    'rest_client_request_duration_seconds_count{host="10.96.0.1:443",verb="POST"} 1',
  ]);
});
