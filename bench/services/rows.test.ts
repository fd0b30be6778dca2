import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Row, tableOf } from '../table.ts';
import type { FirstPackets } from './firstPacket.ts';
import { type Figures, p99, rowsOf } from './rows.ts';

const packets = (count: number, through: number, direct: number): FirstPackets => ({
  ...{ count, through: [through], direct: [direct] },
  site: {} as FirstPackets['site'],
});

const figures = (name: string, factor = 1): Figures => ({
  name,
  loadSeconds: [1.5 * factor],
  syncSeconds: [1 * factor],
  megabytes: [150 * factor],
  latenciesMs: [4 * factor],
  processorMs: new Map([
    [100, [1]],
    [1_000, [1.05 * factor]],
  ]),
  traffic: {
    stream: { through: [2_000], direct: [2_000] },
    kept: { through: [10], direct: [9.8] },
    fresh: { through: [30], direct: [27] },
  },
  ofTen: [packets(10, 10, 10), packets(1_000, 10.5, 10.4)],
  ofAll: [packets(10, 10, 10), packets(1_000, 12, 11)],
});

const find = (rows: readonly Row[], what: RegExp): Row => {
  const found = rows.find((row) => what.test(row.what));
  assert.ok(found, `no row ${what}`);
  return found;
};

test('what goes through a ClusterIP has to reach 0.97 of what goes straight', () => {
  const rows = rowsOf(figures('ours'), undefined, [200], 10_000);
  assert.equal(find(rows, /stream/).target, 1_940);
  assert.match(tableOf([find(rows, /stream/)]), /1\.03× /);
  assert.doesNotMatch(tableOf([find(rows, /kept/)]), /missed/);
  assert.match(tableOf([find(rows, /new connection/)]), /missed/);
});

test('connections and processor time are flat within a tenth of the smallest size', () => {
  const rows = rowsOf(figures('ours'), undefined, [200], 10_000);
  assert.equal(find(rows, /to 10 of 1,000/).target, 11);
  assert.match(tableOf([find(rows, /to any of 1,000/)]), /missed/);
  assert.equal(find(rows, /processor time for that at 1,000/).target, 1.1);
});

test('kube-proxy stands beside every figure of a proxy, or it is said that it is not there', () => {
  const beside = rowsOf(figures('ours'), figures('kube-proxy v1.36.0 here', 10), [200], 10_000);
  const load = find(beside, /load of 10,000 × 10/);
  assert.deepEqual(load.peers, [{ name: 'kube-proxy v1.36.0 here', value: 15 }]);
  assert.match(tableOf([load]), /kube-proxy v1\.36\.0 here: 15 s +10×/);
  for (const row of rowsOf(figures('ours'), undefined, [200], 10_000))
    if (!/whole agent/.test(row.what)) assert.match(tableOf([row]), /kube-proxy: not on this machine/);
});

test('the 99th percentile leaves out the one in a hundred that is worst', () => {
  assert.equal(p99(Array.from({ length: 101 }, (_, n) => n)), 99);
});
