import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, aPod, aService } from '../testing/objects.ts';
import { triggerTimes } from './triggerTime.ts';

test('the trigger time is that of the earliest change since the last write', () => {
  const times = triggerTimes();
  const service = aService({}, { creationTimestamp: ago(500) });
  const pods = [aPod({ name: 'a', readyFor: 400 }), aPod({ name: 'b', readyFor: 300 })];
  assert.equal(times.next('k', service, pods), ago(500));
  assert.equal(times.next('k', service, pods), undefined);
  const next = [aPod({ name: 'a', readyFor: 20 }), aPod({ name: 'b', readyFor: 30 })];
  assert.equal(times.next('k', service, next), ago(30));
});
