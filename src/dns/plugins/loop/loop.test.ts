import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Query } from '../../contract.ts';
import { fakeContext, query, refused, setUpFrom } from '../../testing/context.ts';
import { loop } from './index.ts';

function started() {
  const probes: Query[] = [];
  const context = fakeContext({
    zones: ['example.'],
    resolve(asked) {
      probes.push(asked);
      return refused(asked);
    },
  });
  const plugin = setUpFrom(loop, 'loop', context);
  plugin.start?.();
  return { context, plugin, probe: probes[0] as Query };
}

test('the upstreams are asked once for a name below the zone that nobody can have', () => {
  const { probe, plugin } = started();
  assert.match(probe.name, /^\d+\.\d+\.example\.$/);
  plugin.stop?.();
});

test('a probe that comes back again and again ends the process', async () => {
  const { probe, plugin, context } = started();
  for (let i = 0; i < 2; i++) await plugin.handle?.(probe, refused);
  assert.deepEqual(context.told, []);
  await plugin.handle?.(probe, refused);
  assert.deepEqual(context.told, ['end']);
  assert.match(
    context.log.lines[0] ?? '',
    /^error Loop \(127\.0\.0\.1:0\) detected for zone "example\.": the upstreams lead back here/,
  );
});

test('other questions, and the probe after half a minute, are nothing to it', async () => {
  const { probe, plugin, context } = started();
  for (let i = 0; i < 9; i++) await plugin.handle?.(query('x.example.'), refused);
  context.clock.advance(30_000);
  await Promise.resolve();
  for (let i = 0; i < 9; i++) await plugin.handle?.(probe, refused);
  assert.deepEqual(context.told, []);
});
