import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, tableOf } from './table.ts';

test('the median of an even count lies between the two in the middle', () => {
  assert.equal(median([9, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 100]), 3.5);
});

test('a figure stands beside its target and every peer, with ratios', () => {
  const peers = [
    { name: 'k3d', value: 19.9 },
    { name: 'kind', value: 33 },
  ];
  const rows = [{ what: 'up', unit: 's' as const, values: [2, 1.99, 2.5], target: 1.5, peers }];
  assert.equal(
    tableOf(rows),
    [
      'WHAT  MEDIAN  FROM … TO   RUNS  TARGET  OF TARGET       PEER         PEER ÷ OURS',
      'up    2 s     1.99 … 2.5  3     1.5 s   1.33× (missed)  k3d: 19.9 s  9.95×',
      '                                                        kind: 33 s   16.5×',
    ].join('\n'),
  );
});

test('of what is counted by the second, less than the target is missed', () => {
  const row = { what: 'creates', unit: '/s' as const, values: [4_000], target: 5_000, peers: [] };
  const [, line = ''] = tableOf([row]).split('\n');
  assert.match(line, /4000\/s .* 5000\/s +0\.8× \(missed\)$/);
  assert.doesNotMatch(tableOf([{ ...row, values: [6_000] }]), /missed/);
});

test('a peer without a figure has a line that says why', () => {
  const peers = [
    { name: 'direct', value: 3_000 },
    { name: 'kube-proxy: not on this machine', value: undefined },
  ];
  const row = { what: 'stream', unit: 'MB/s' as const, values: [2_900], target: 2_910, peers };
  const [, first = '', second = ''] = tableOf([row]).split('\n');
  assert.match(first, /2900 MB\/s .* 2910 MB\/s +0\.997× \(missed\) +direct: 3000 MB\/s/);
  assert.match(second, /^ +kube-proxy: not on this machine$/);
});
