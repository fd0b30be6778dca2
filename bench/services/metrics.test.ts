import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestOf } from './metrics.ts';

test('of a metric with several labels the largest counts, and none whose name only begins alike', () => {
  const metrics = [
    '# HELP sync_seconds_sum how long',
    'sync_seconds_sum{ip_family="IPv4"} 1.5',
    'sync_seconds_sum{ip_family="IPv6"} 0.25',
    'sync_seconds_sums 7',
  ].join('\n');
  assert.equal(longestOf(metrics, 'sync_seconds_sum'), 1.5);
  assert.equal(longestOf('sync_seconds_sum 0.5\n', 'sync_seconds_sum'), 0.5);
});
