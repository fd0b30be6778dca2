import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exposition } from './exposition.ts';
import { exponentialBounds, Histograms, linearBounds, Values } from './metric.ts';
import { processFamilies } from './process.ts';

test('families are written as Prometheus reads them', () => {
  const samples = [
    { labels: { path: 'a"b\\c\nd' }, value: 2 },
    { value: 0.5, atMs: 1_700_000_000_000 },
  ];
  assert.equal(
    exposition([{ name: 'asked_total', help: 'How often', type: 'counter', samples }]),
    `# HELP asked_total How often
# TYPE asked_total counter
asked_total{path="a\\"b\\\\c\\nd"} 2
asked_total 0.5 1700000000000
`,
  );
});

test('the buckets of a histogram hold all that is not greater', () => {
  const took = new Histograms('took_seconds', 'Time', [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 3]) took.observe(value, { verb: 'GET' });
  assert.equal(
    exposition([took.family()]),
    `# HELP took_seconds Time
# TYPE took_seconds histogram
took_seconds_bucket{verb="GET",le="0.1"} 2
took_seconds_bucket{verb="GET",le="1"} 3
took_seconds_bucket{verb="GET",le="+Inf"} 4
took_seconds_sum{verb="GET"} 3.65
took_seconds_count{verb="GET"} 4
`,
  );
});

test('a counter counts for each set of labels, and a gauge is what was said last', () => {
  const asked = new Values('counter', 'asked_total', 'How often');
  for (const code of ['200', '503', '200']) asked.add(1, { code });
  const waiting = new Values('gauge', 'waiting', 'How many');
  for (const count of [3, 1]) waiting.set(count);
  assert.equal(
    exposition([asked.family(), waiting.family()]),
    `# HELP asked_total How often
# TYPE asked_total counter
asked_total{code="200"} 2
asked_total{code="503"} 1
# HELP waiting How many
# TYPE waiting gauge
waiting 1
`,
  );
});

test('bounds grow by a factor or by a step', () => {
  assert.deepEqual(exponentialBounds(0.001, 2, 4), [0.001, 0.002, 0.004, 0.008]);
  assert.deepEqual(linearBounds(60, 5, 3), [60, 65, 70]);
});

test('a process tells of itself', () => {
  const names = processFamilies().map(({ name, samples }) => [name, (samples[0]?.value ?? 0) > 0]);
  assert.deepEqual(names, [
    ['process_cpu_seconds_total', true],
    ['process_resident_memory_bytes', true],
    ['process_virtual_memory_bytes', true],
    ['process_start_time_seconds', true],
    ['process_open_fds', true],
    ['process_max_fds', true],
  ]);
});
