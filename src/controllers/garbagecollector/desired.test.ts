import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../api/types.ts';
import { ago } from '../testing/objects.ts';
import { blocks, finalizer, type OwnerState, verdict, waitsForDependents } from './desired.ts';

const reference = (uid: string, blockOwnerDeletion = false) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: uid,
  uid,
  blockOwnerDeletion,
});
const owned = (...uids: string[]): KubeObject => ({
  metadata: { name: 'x', ownerReferences: uids.map((uid) => reference(uid)) },
});
const states = (all: Record<string, OwnerState>) => (owner: { uid: string }) => all[owner.uid] ?? 'unknown';

describe('an object with owners', () => {
  test('stays while one of them is there', () =>
    assert.deepEqual(verdict(owned('a'), states({ a: 'solid' }), false), { do: 'nothing' }));
  test('goes when all of them are gone', () =>
    assert.deepEqual(verdict(owned('a', 'b'), states({ a: 'absent', b: 'absent' }), false), {
      do: 'delete',
      propagationPolicy: 'Background',
    }));
  test('only loses the references to those that are gone', () =>
    assert.deepEqual(verdict(owned('a', 'b'), states({ a: 'absent', b: 'solid' }), false), {
      do: 'unlink',
      ownerReferences: [reference('b')],
    }));
  test('stays when the kind of its owner is not known here', () =>
    assert.deepEqual(verdict(owned('a'), states({}), false), { do: 'nothing' }));
  test('goes in the foreground when its owner waits and it has dependents itself', () =>
    assert.deepEqual(verdict(owned('a'), states({ a: 'waiting' }), true), {
      do: 'delete',
      propagationPolicy: 'Foreground',
    }));
  test('is left alone when it is going already', () => {
    const going = owned('a');
    going.metadata.deletionTimestamp = ago(1);
    assert.deepEqual(verdict(going, states({ a: 'absent' }), false), { do: 'nothing' });
  });
  test('without owners stays', () =>
    assert.deepEqual(verdict({ metadata: { name: 'x' } }, states({}), false), { do: 'nothing' }));
});

describe('an owner', () => {
  const owner: KubeObject = {
    metadata: { name: 'a', uid: 'a', deletionTimestamp: ago(1), finalizers: [finalizer.foreground] },
  };
  test('that is deleted in the foreground waits for its dependents', () =>
    assert.equal(waitsForDependents(owner), true));
  test('is held only by those that block it', () => {
    assert.equal(blocks({ metadata: { name: 'x', ownerReferences: [reference('a', true)] } }, owner), true);
    assert.equal(blocks({ metadata: { name: 'x', ownerReferences: [reference('a', false)] } }, owner), false);
  });
});
