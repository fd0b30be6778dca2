import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeContract } from '../contract.suite.ts';
import { openMemory } from './index.ts';

storeContract('the memory store', (options) => Promise.resolve(openMemory(options)));

test('ten thousand pods are listed in a fraction of 100 ms', async () => {
  const store = openMemory();
  const spec = {
    containers: [{ name: 'web', image: 'nginx', env: Array(20).fill({ name: 'A', value: 'B' }) }],
  };
  const puts = Array.from({ length: 10_000 }, (_, i) =>
    store.put(`/core/pods/default/web-${i}`, { metadata: { name: `web-${i}` }, spec } as never, 0),
  );
  await Promise.all(puts);
  const started = performance.now();
  const { entries } = await store.list('/core/pods/');
  const tookMs = performance.now() - started;
  assert.equal(entries.length, 10_000);
  assert.ok(tookMs < 50, `took ${tookMs.toFixed(1)} ms`);
  await store.close();
});
