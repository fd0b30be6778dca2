import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { TestInformer } from '../../test/support/informer.ts';
import type { ServiceCIDR } from '../api/types.ts';
import { followServiceRanges } from './serviceRanges.ts';

const range = (name: string, ...cidrs: string[]): ServiceCIDR => ({ metadata: { name }, spec: { cidrs } });

test('ranges are told when a ServiceCIDR adds some, and when it is gone; not when nothing changes', async () => {
  const known = new TestInformer<ServiceCIDR>(range('kubernetes', '10.96.0.0/12'));
  const told: [string, string][] = [];
  followServiceRanges(known, ['10.96.0.0/12'], (now, gone) => told.push([now.join(), gone.join()]));
  await tick();
  assert.deepEqual(told, []);
  known.put(range('more', '10.200.0.0/24'));
  known.put(range('part', '10.200.0.0/28'));
  known.delete('more');
  assert.deepEqual(told, [
    ['10.200.0.0/24,10.96.0.0/12', ''],
    ['10.200.0.0/28,10.96.0.0/12', '10.200.0.0/24'],
  ]);
});
