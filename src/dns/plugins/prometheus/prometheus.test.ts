import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Next } from '../../contract.ts';
import { fakeContext, query, refused, served, setUpFrom } from '../../testing/context.ts';
import { noted, replyTo } from '../../wire/message.ts';
import { rcode } from '../../wire/types.ts';
import { prometheus } from './index.ts';

const labels = 'server="dns://:53",zone="example.",view=""';

async function shown(context: ReturnType<typeof fakeContext>): Promise<string> {
  const { body } = (await context.http.get(':9153/metrics')?.()) ?? { body: '' };
  return body;
}

function assertShown(body: string, lines: readonly string[]): void {
  for (const line of lines) assert.ok(body.includes(`${line}\n`), `${line} in\n${body}`);
}

test('questions and answers are counted by zone, and types that nobody knows are one', async () => {
  const context = fakeContext({ zones: ['example.'] });
  const plugin = setUpFrom(prometheus, 'prometheus :9153', context);
  const slow: Next = (asked) => {
    context.clock.advance(3);
    return noted(replyTo(asked.message, rcode.REFUSED), { by: 'forward' });
  };
  await served(plugin, query('a.example. AAAA'), slow);
  await served(plugin, query('a.example. TYPE65400', { protocol: 'tcp', address: 'fd44::9' }), slow);
  assertShown(await shown(context), [
    `coredns_dns_requests_total{${labels},proto="udp",family="1",type="AAAA"} 1`,
    `coredns_dns_requests_total{${labels},proto="tcp",family="2",type="other"} 1`,
    `coredns_dns_responses_total{${labels},rcode="REFUSED",plugin="forward"} 2`,
    `coredns_dns_request_duration_seconds_bucket{${labels},le="0.002"} 0`,
    `coredns_dns_request_duration_seconds_bucket{${labels},le="0.004"} 2`,
    `coredns_dns_request_duration_seconds_bucket{${labels},le="+Inf"} 2`,
    `coredns_dns_request_duration_seconds_count{${labels}} 2`,
    `coredns_dns_request_duration_seconds_sum{${labels}} 0.006`,
    `coredns_dns_request_size_bytes_sum{${labels},proto="udp"} 40`,
    `coredns_dns_response_size_bytes_sum{${labels},proto="udp"} 27`,
  ]);
});

test('an answer that is given again is counted like the first', async () => {
  const context = fakeContext({ zones: ['example.'] });
  const plugin = setUpFrom(prometheus, 'prometheus :9153', context);
  const asked = query('a.example.');
  const reply = await served(plugin, asked, refused);
  const again = plugin.again?.(asked, reply);
  again?.(new Uint8Array(200), 4);
  again?.(new Uint8Array(200), 6);
  assertShown(await shown(context), [
    `coredns_dns_requests_total{${labels},proto="udp",family="1",type="A"} 2`,
    `coredns_dns_requests_total{${labels},proto="udp",family="2",type="A"} 1`,
    `coredns_dns_responses_total{${labels},rcode="REFUSED",plugin=""} 3`,
    `coredns_dns_request_duration_seconds_count{${labels}} 3`,
    `coredns_dns_response_size_bytes_sum{${labels},proto="udp"} 427`,
  ]);
});

test('the plugins of the server block are shown, and failures of our own', async () => {
  const context = fakeContext({
    zones: ['example.'],
    neighbours: () => [{ name: 'errors' }, { name: 'cache' }],
  });
  const plugin = setUpFrom(prometheus, 'prometheus :9153', context);
  plugin.start?.();
  await assert.rejects(
    served(plugin, query('a.example.'), () => {
      throw new Error('broken');
    }),
    /broken/,
  );
  assertShown(await shown(context), [
    `coredns_plugin_enabled{${labels},name="errors"} 1`,
    `coredns_plugin_enabled{${labels},name="cache"} 1`,
    'coredns_panics_total 1',
  ]);
});

test('the process is shown by the names that every exporter has, on this machine alone unless told otherwise', async () => {
  const context = fakeContext();
  setUpFrom(prometheus, 'prometheus', context);
  const { body = '' } = (await context.http.get('localhost:9153/metrics')?.()) ?? {};
  assert.match(body, /^# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total [\d.]+$/m);
  assert.match(body, /^process_resident_memory_bytes \d+$/m);
});
