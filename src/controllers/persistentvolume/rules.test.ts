import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { directoryFinalizer, localPathProvisioner, nodeAnnotation } from '../../api/storage/localPath.ts';
import { annotation } from '../../api/storage/words.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.ts';
import { nextStep as nextForClaim, type Surveyed } from './claim.ts';
import { refusal, volumeFor } from './provision.ts';
import { isAbandoned, nextStep as nextForVolume } from './volume.ts';

const claim = (spec = '{}', annotations: Record<string, string> = {}): PersistentVolumeClaim => ({
  metadata: { name: 'data', namespace: 'default', uid: 'u1', annotations },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '2Gi' } },
    ...(parse(spec) as object),
  },
});

const volume = (
  spec = '{}',
  status = 'Available',
  annotations: Record<string, string> = {},
): PersistentVolume => ({
  metadata: { name: 'v', annotations },
  spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], ...(parse(spec) as object) },
  status: { phase: status },
});

const storageClass = (more: Partial<StorageClass> = {}): StorageClass => ({
  metadata: { name: 'standard' },
  provisioner: localPathProvisioner,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});

const node: Node = { metadata: { name: 'a', labels: { 'kubernetes.io/hostname': 'host-a' } } };

const world = (more: Partial<Surveyed> = {}, volumes: PersistentVolume[] = []): Surveyed => ({
  volume: (name) => volumes.find(({ metadata }) => metadata.name === name),
  volumes: () => volumes,
  storageClass: (name) => (name === 'standard' ? storageClass() : undefined),
  defaultClass: () => undefined,
  node: (name) => (name === 'a' ? node : undefined),
  waitingPod: () => undefined,
  ...more,
});

/** What is done, and what is said of it. */
function told(asked: PersistentVolumeClaim, around: Surveyed): string {
  const step = nextForClaim(asked, around);
  return 'say' in step && step.say ? `${step.do} ${step.say.reason}` : step.do;
}

describe('a claim', () => {
  const standard = '{storageClassName: standard}';
  const onA = { [annotation.selectedNode]: 'a' };

  test('takes what is there, if its class does not wait', () => {
    assert.equal(told(claim(), world({}, [volume()])), 'bind');
    assert.equal(told(claim(standard), world({}, [volume(standard)])), 'wait WaitForFirstConsumer');
  });

  test('that waits says for what', () =>
    assert.equal(told(claim(standard), world({ waitingPod: () => 'web' })), 'wait WaitForPodScheduled'));

  test('gets a new volume once its pod has a node', () => {
    assert.equal(told(claim(standard, onA), world()), 'provision');
    const gone = { [annotation.selectedNode]: 'gone' };
    assert.equal(told(claim(standard, gone), world()), 'unselect ProvisioningFailed');
  });

  test('takes over the default class that came after it, unless it wants none', () => {
    const late = world({ defaultClass: storageClass });
    assert.equal(told(claim(), late), 'setClass');
    assert.equal(told(claim('{storageClassName: ""}'), late), 'wait FailedBinding');
    assert.equal(told(claim('{storageClassName: other}'), late), 'wait ProvisioningFailed');
  });

  test('is left to the provisioner of its class, and told when there is none', () => {
    const of = (provisioner: string) =>
      world({ storageClass: () => storageClass({ provisioner, volumeBindingMode: 'Immediate' }) });
    assert.equal(told(claim(standard), of('example.com/disks')), 'await ExternalProvisioning');
    assert.equal(told(claim(standard), of('kubernetes.io/no-provisioner')), 'wait ProvisioningFailed');
  });

  test('has lost a volume that it was bound to and that is gone, or is another’s', () => {
    const bound = claim('{volumeName: v}', { [annotation.bindCompleted]: 'yes' });
    assert.equal(told(bound, world()), 'lose ClaimLost');
    const others = volume('{claimRef: {namespace: default, name: data, uid: u2}}');
    assert.equal(told(bound, world({}, [others])), 'lose ClaimMisbound');
    assert.equal(told(claim('{volumeName: v}'), world()), 'wait');
    assert.equal(told(claim('{volumeName: v}'), world({}, [others])), 'wait FailedBinding');
  });
});

describe('a new volume', () => {
  test('is a directory on the node of the pod, with its name, for the one claim', () => {
    const { metadata, spec } = volumeFor(claim(), storageClass(), node);
    assert.equal(metadata.name, 'pvc-u1');
    assert.equal(metadata.annotations?.[nodeAnnotation], 'a');
    assert.equal(spec?.local?.path, '/var/lib/switchboard/volumes/pvc-u1');
    assert.equal(spec?.claimRef?.uid, 'u1');
    const [term] = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
    assert.deepEqual(term?.matchExpressions?.[0]?.values, ['host-a']);
  });

  test('is refused where a directory cannot do', () => {
    assert.equal(refusal(claim(), storageClass()), undefined);
    assert.match(refusal(claim('{volumeMode: Block}'), storageClass()) ?? '', /no block device/);
    assert.match(refusal(claim('{accessModes: [ReadWriteMany]}'), storageClass()) ?? '', /ReadWriteMany/);
    assert.match(refusal(claim('{dataSource: {kind: X, name: x}}'), storageClass()) ?? '', /dataSource/);
    assert.match(refusal(claim('{selector: {}}'), storageClass()) ?? '', /Selector is not supported/);
    assert.match(refusal(claim(), storageClass({ parameters: { a: 'b' } })) ?? '', /unknown parameter "a"/);
    assert.match(refusal(claim(), storageClass({ volumeBindingMode: 'Immediate' })) ?? '', /WaitForFirst/);
  });
});

describe('a volume', () => {
  const mine = 'claimRef: {namespace: default, name: data, uid: u1}';
  const made = { [annotation.provisionedBy]: localPathProvisioner, [nodeAnnotation]: 'a' };
  const retain = `{${mine}, persistentVolumeReclaimPolicy: Retain}`;
  const deleting = `{${mine}, persistentVolumeReclaimPolicy: Delete}`;

  test('is free until a claim is known to have it', () => {
    assert.deepEqual(nextForVolume(volume(), undefined), { do: 'phase', phase: 'Available' });
    const promised = volume('{claimRef: {namespace: default, name: data}}');
    assert.deepEqual(nextForVolume(promised, undefined), { do: 'phase', phase: 'Available' });
    const bound = nextForVolume(volume(`{${mine}}`), claim('{volumeName: v}'));
    assert.deepEqual(bound, { do: 'phase', phase: 'Bound' });
  });

  test('is released first, and then kept, deleted or given up, as its policy says', () => {
    const released = { do: 'phase', phase: 'Released' };
    assert.deepEqual(nextForVolume(volume(retain, 'Released'), undefined), released);
    assert.deepEqual(nextForVolume(volume(deleting, 'Bound', made), undefined), released);
    assert.deepEqual(nextForVolume(volume(deleting, 'Released', made), undefined), { do: 'delete' });
    assert.equal(nextForVolume(volume(deleting, 'Released'), undefined).do, 'fail');
    const theirs = { [annotation.provisionedBy]: 'example.com/disks' };
    assert.deepEqual(nextForVolume(volume(deleting, 'Released', theirs), undefined), released);
  });

  test('whose claim took another one goes, or is free again', () => {
    const elsewhere = claim('{volumeName: w}');
    assert.deepEqual(nextForVolume(volume(deleting, 'Available', made), elsewhere), { do: 'delete' });
    const ours = volume(retain, 'Available', { [annotation.boundByController]: 'yes' });
    assert.deepEqual(nextForVolume(ours, elsewhere), { do: 'free' });
  });

  test('waits for its node to remove the directory, unless there is no such node any more', () => {
    const going = volume(deleting, 'Released', made);
    going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    going.metadata.finalizers = [directoryFinalizer];
    assert.equal(
      isAbandoned(going, (name) => name === 'a'),
      false,
    );
    assert.equal(
      isAbandoned(going, () => false),
      true,
    );
  });
});
