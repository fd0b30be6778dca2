import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configMaps, pods } from '../../api/resource.ts';
import { now } from '../testing/objects.ts';
import { nextToGo, statusOf } from './desired.ts';

const object = (name: string, finalizers: string[] = []) => ({ metadata: { name, finalizers } });

describe('a namespace that ends', () => {
  test('loses its pods first', () => {
    const both = [
      { resource: configMaps, objects: [object('a')] },
      { resource: pods, objects: [object('b')] },
    ];
    assert.deepEqual(nextToGo(both), [both[1]]);
  });
  test('then everything else', () => {
    const rest = { resource: configMaps, objects: [object('a')] };
    assert.deepEqual(nextToGo([rest, { resource: pods, objects: [] }]), [rest]);
  });
  test('says what is left, and what holds it', () => {
    const left = [{ resource: configMaps, objects: [object('a', ['example.com/hold'])] }];
    const { phase, conditions } = statusOf({ metadata: { name: 'shop' } }, left, now);
    assert.equal(phase, 'Terminating');
    assert.deepEqual(
      conditions?.map((c) => c.message),
      [
        'Some resources are remaining: configmaps has 1 resource instances',
        'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
      ],
    );
  });
});
