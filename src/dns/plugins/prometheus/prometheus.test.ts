import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext, query, refused, setUpFrom } from '../../testing/context.ts';
import { prometheus } from './index.ts';

test('questions and answers are counted by zone, and types that nobody knows are one', async () => {
  const context = fakeContext({ zones: ['example.'] });
  const plugin = setUpFrom(prometheus, 'prometheus :9153', context);
  await plugin.handle?.(query('a.example. AAAA'), refused);
  await plugin.handle?.(query('a.example. TYPE65400', { protocol: 'tcp', address: 'fd44::9' }), refused);
  const { body } = (await context.http.get(':9153/metrics')?.()) ?? { body: '' };
  const labels = 'server="dns://:53",zone="example."';
  for (const line of [
    `coredns_dns_requests_total{${labels},proto="udp",family="1",type="AAAA"} 1`,
    `coredns_dns_requests_total{${labels},proto="tcp",family="2",type="other"} 1`,
    `coredns_dns_responses_total{${labels},rcode="REFUSED"} 2`,
    `coredns_dns_request_duration_seconds_count{${labels}} 2`,
  ])
    assert.ok(body.includes(`${line}\n`), `${line} in\n${body}`);
});
