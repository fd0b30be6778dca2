import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalizer } from '../../api/storage/words.ts';
import { aPod } from '../testing/objects.ts';
import { isHeldBy, keepsClaims, mayGo } from './rules.ts';

const going = { name: 'v', deletionTimestamp: '2026-01-01T00:00:00Z' };

test('only what was deleted waits, and only for the finalizer that it has', () => {
  const finalizers = [finalizer.claim];
  assert.ok(isHeldBy({ metadata: { ...going, finalizers } }, finalizer.claim));
  assert.ok(!isHeldBy({ metadata: { name: 'v', finalizers } }, finalizer.claim));
  assert.ok(!isHeldBy({ metadata: { ...going, finalizers: ['other/one'] } }, finalizer.claim));
});

test('a pod keeps its claims from when it has a node until it is gone', () => {
  assert.ok(!keepsClaims(aPod()));
  assert.ok(keepsClaims(aPod({ node: 'a' })));
  assert.ok(keepsClaims(aPod({ node: 'a', phase: 'Succeeded' })));
});

test('a volume goes when no claim is bound to it', () => {
  const metadata = { ...going, finalizers: [finalizer.volume] };
  assert.ok(!mayGo({ metadata, status: { phase: 'Bound' } }));
  assert.ok(mayGo({ metadata, status: { phase: 'Released' } }));
});
