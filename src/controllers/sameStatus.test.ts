import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameStatus } from './sameStatus.ts';

test('a count of 0 says no more than none', () => {
  assert.ok(isSameStatus({ replicas: 1, unavailableReplicas: 0 }, { replicas: 1 }));
  assert.ok(isSameStatus({ replicas: 0 }, undefined));
  assert.ok(!isSameStatus({ replicas: 1 }, { replicas: 2 }));
  assert.ok(!isSameStatus({ replicas: 1 }, undefined));
  assert.ok(!isSameStatus({ conditions: [{ type: 'A' }] }, { conditions: [] }));
});
