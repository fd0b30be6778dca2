import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IPAddress, ServiceCIDR } from '../../api/types.ts';
import { ago, now } from '../testing/objects.ts';
import { comparedWith, conditionsOf, inconsistent, isNeeded } from './desired.ts';

const range = (name: string, cidrs: string[], deleted = false): ServiceCIDR => ({
  metadata: { name, ...(deleted && { deletionTimestamp: ago(1) }) },
  spec: { cidrs },
});
const parentRef = { resource: 'services', namespace: 'default', name: 'web' };
const addresses = (...names: string[]): IPAddress[] =>
  names.map((name) => ({ metadata: { name }, spec: { parentRef } }));

describe('a deleted ServiceCIDR is needed', () => {
  const gone = range('gone', ['10.1.0.0/16', 'fd01::/112'], true);

  test('while an address of either range is in use', () => {
    assert.equal(isNeeded(gone, [gone], addresses('10.2.0.1', 'fd02::1')), false);
    assert.equal(isNeeded(gone, [gone], addresses('10.1.0.1')), true);
    assert.equal(isNeeded(gone, [gone], addresses('fd01::9')), true);
  });

  test('not when another that stays has the address too', () => {
    const wide = range('wide', ['10.0.0.0/8']);
    assert.equal(isNeeded(gone, [gone, wide], addresses('10.1.0.1')), false);
    assert.equal(isNeeded(gone, [gone, range('wide', ['10.0.0.0/8'], true)], addresses('10.1.0.1')), true);
    assert.equal(isNeeded(gone, [gone, wide], addresses('10.1.0.1', 'fd01::1')), true);
  });
});

test('the condition says Ready, or what is waited for, and keeps its time', () => {
  const [ready] = conditionsOf(range('a', []), now);
  assert.deepEqual(
    [ready?.type, ready?.status, ready?.message],
    ['Ready', 'True', 'Kubernetes Service CIDR is ready'],
  );
  const told = { ...range('a', []), status: { conditions: [ready] } } as ServiceCIDR;
  assert.deepEqual(conditionsOf(told, now + 60_000), [ready]);
  const [waits] = conditionsOf(range('a', [], true), now);
  assert.deepEqual([waits?.status, waits?.reason], ['False', 'Terminating']);
});

test('the ServiceCIDR of the cluster may get a second family, and is told of when it is another', () => {
  const dual = ['10.96.0.0/12', 'fd96::/112'];
  assert.equal(comparedWith(range('kubernetes', dual), dual), 'same');
  assert.equal(comparedWith(range('kubernetes', ['10.96.0.0/12']), dual), 'first of two');
  assert.equal(comparedWith(range('kubernetes', dual), ['10.96.0.0/12']), 'different');
  const other = range('kubernetes', ['10.0.0.0/16']);
  assert.equal(comparedWith(other, dual), 'different');
  assert.equal(
    inconsistent(other, dual).message,
    'The default ServiceCIDR [10.0.0.0/16] does not match the controller flag configurations [10.96.0.0/12 fd96::/112]',
  );
});
