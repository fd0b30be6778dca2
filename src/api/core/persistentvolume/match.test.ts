import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromYaml } from '../../testObjects.ts';
import { persistentVolumeClaim } from '../persistentvolumeclaim/kind.ts';
import { persistentVolume } from './kind.ts';
import { bestVolume, isReachableFrom, mismatch } from './match.ts';

const claim = (spec = '{}', metadata = '{name: data, uid: u1}') => {
  const made = fromYaml(persistentVolumeClaim, `{metadata: ${metadata}, spec: ${spec}}`);
  made.spec = { accessModes: ['ReadWriteOnce'], ...made.spec, resources: { requests: { storage: '2Gi' } } };
  return made;
};

const volume = (name: string, storage: string, spec = '{}', labels = '{}') => {
  const made = fromYaml(persistentVolume, `{metadata: {name: ${name}, labels: ${labels}}, spec: ${spec}}`);
  made.spec = {
    capacity: { storage },
    accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
    hostPath: { path: '/x' },
    ...made.spec,
  };
  made.status = { phase: 'Available' };
  return made;
};

describe('a claim gets', () => {
  const best = (volumes: ReturnType<typeof volume>[], asked = claim()) =>
    bestVolume(volumes, asked)?.metadata.name;

  test('the smallest volume that is large enough', () =>
    assert.equal(best([volume('large', '9Gi'), volume('small', '1Gi'), volume('fits', '3Gi')]), 'fits'));

  test('nothing of another class, mode or access', () => {
    assert.equal(best([volume('v', '2Gi', '{storageClassName: fast}')]), undefined);
    assert.equal(best([volume('v', '2Gi', '{volumeMode: Block}')]), undefined);
    assert.equal(best([volume('v', '2Gi')], claim('{accessModes: [ReadWriteMany]}')), undefined);
    assert.equal(
      best([volume('v', '2Gi', '{storageClassName: fast}')], claim('{storageClassName: fast}')),
      'v',
    );
  });

  test('only what its selector means', () => {
    const picky = claim('{selector: {matchLabels: {disk: ssd}}}');
    const volumes = [volume('hdd', '2Gi', '{}', '{disk: hdd}'), volume('ssd', '4Gi', '{}', '{disk: ssd}')];
    assert.equal(best(volumes, picky), 'ssd');
  });

  test('the volume that is promised to it, however large, and none that is promised to another', () => {
    const promised = volume('mine', '9Gi', '{claimRef: {namespace: default, name: data}}');
    assert.equal(best([volume('fits', '2Gi'), promised]), 'mine');
    const other = volume('theirs', '2Gi', '{claimRef: {namespace: default, name: other}}');
    const former = volume('before', '2Gi', '{claimRef: {namespace: default, name: data, uid: u0}}');
    assert.equal(best([other, former]), undefined);
  });

  test('no volume that goes, or is left over from another claim', () => {
    const going = volume('going', '2Gi');
    going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    const released = volume('released', '2Gi');
    released.status = { phase: 'Released' };
    assert.equal(best([going, released]), undefined);
  });
});

test('a claim that names its volume is told why it cannot have it', () => {
  assert.equal(mismatch(volume('v', '1Gi'), claim()), 'requested PV is too small');
  assert.equal(
    mismatch(volume('v', '2Gi', '{storageClassName: x}'), claim()),
    'storageClassName does not match',
  );
  assert.equal(mismatch(volume('v', '2Gi', '{volumeMode: Block}'), claim()), 'incompatible volumeMode');
  assert.equal(
    mismatch(volume('v', '2Gi'), claim('{accessModes: [ReadWriteMany]}')),
    'incompatible accessMode',
  );
  assert.equal(mismatch(volume('v', '2Gi'), claim()), undefined);
});

test('a volume with node affinity is reached only from the nodes it means', () => {
  const required =
    '{required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [a]}]}]}}';
  const local = volume('v', '2Gi', `{nodeAffinity: ${required}}`);
  const node = (name: string) => ({ metadata: { name, labels: { 'kubernetes.io/hostname': name } } });
  assert.ok(isReachableFrom(local, node('a')));
  assert.ok(!isReachableFrom(local, node('b')));
  assert.ok(isReachableFrom(volume('v', '2Gi'), node('b')));
});
