import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StatefulSet } from '../../api/types.ts';
import { aPod, aStatefulSet } from '../testing/objects.ts';
import { claimsFor, ownersOf, withClaims } from './claims.ts';
import { podOf } from './pod.ts';

type Policy = NonNullable<NonNullable<StatefulSet['spec']>['persistentVolumeClaimRetentionPolicy']>;

const set = (policy: Policy = {}, replicas = 2) =>
  aStatefulSet({
    replicas,
    persistentVolumeClaimRetentionPolicy: policy,
    volumeClaimTemplates: [
      { metadata: { name: 'data', labels: { tier: 'disk' } }, spec: { accessModes: ['ReadWriteOnce'] } },
    ],
  });

test('the claim of a pod has the names of both, and the labels of template and set', () => {
  const [claim, ...others] = claimsFor(set(), 1);
  assert.deepEqual(others, []);
  assert.deepEqual(claim?.metadata, {
    name: 'data-db-1',
    namespace: 'default',
    labels: { tier: 'disk', app: 'db' },
  });
  assert.deepEqual(claim?.spec, { accessModes: ['ReadWriteOnce'] });
});

test('the claim takes the place of a volume of its name in the pod', () => {
  const template = {
    spec: {
      containers: [],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
      ],
    },
  };
  const pod = withClaims(podOf(set(), template, 'r', 1), set(), 1);
  assert.deepEqual(pod.spec?.volumes, [
    { name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } },
    { name: 'tmp', emptyDir: {} },
  ]);
});

describe('a claim belongs', () => {
  const owners = (policy: Policy, ordinal: number) => {
    const claim = { metadata: { name: `data-db-${ordinal}`, namespace: 'default' } };
    return ownersOf(set(policy), aPod({ name: `db-${ordinal}` }), claim)?.map(
      ({ kind, name }) => `${kind}/${name}`,
    );
  };

  test('to nobody, as long as the policy does not say so', () => {
    assert.equal(owners({ whenDeleted: 'Retain', whenScaled: 'Retain' }, 0), undefined);
    assert.equal(owners({ whenDeleted: 'Retain', whenScaled: 'Delete' }, 0), undefined);
  });

  test('to the set, if it is to go with it', () =>
    assert.deepEqual(owners({ whenDeleted: 'Delete', whenScaled: 'Retain' }, 5), ['StatefulSet/db']));

  test('to the pod that is scaled away, if it is to go with that', () =>
    assert.deepEqual(owners({ whenDeleted: 'Delete', whenScaled: 'Delete' }, 2), ['Pod/db-2']));

  test('still to whom else it belongs, and to nobody of ours when the policy is taken back', () => {
    const of = (kind: string, name: string, uid: string) => ({ apiVersion: 'v1', kind, name, uid });
    const ownerReferences = [of('ConfigMap', 'x', 'x'), of('StatefulSet', 'db', 'uid-db')];
    const claim = { metadata: { name: 'data-db-0', namespace: 'default', ownerReferences } };
    const left = ownersOf(set(), aPod({ name: 'db-0' }), claim);
    assert.deepEqual(
      left?.map(({ kind }) => kind),
      ['ConfigMap'],
    );
  });
});
