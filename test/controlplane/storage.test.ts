/** Claims and volumes through the real API: how they find each other, and what becomes of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isNotFound } from '../../src/api/errors.ts';
import {
  events,
  namespaces,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  statefulSets,
} from '../../src/api/resource.ts';
import { directoryFinalizer } from '../../src/api/storage/localPath.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);

async function cluster(): Promise<ControlPlane> {
  const plane = new ControlPlane();
  await eventually(() => plane.client.get(namespaces, 'kube-node-lease'), 30_000, 5);
  await plane.addNode('node-1');
  await plane.addNode('node-2');
  return plane;
}

const standard = (spec: object = {}) => ({
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'switchboard.dev/local-path',
  volumeBindingMode: 'WaitForFirstConsumer',
  ...spec,
});

const claim = (name: string, spec: object = {}, metadata: object = {}) => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
});

const volume = (name: string, storage: string, spec: object = {}) => ({
  kind: 'PersistentVolume',
  metadata: { name },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' }, ...spec },
});

const podWith = (name: string, claimName: string, spec: object = {}) => ({
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'c', image: 'c' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    ...spec,
  },
});

const inDefault = (name: string) => ({ name, namespace: 'default' });

/** What a test asks of a control plane, in few words. */
const asking = ({ client }: ControlPlane) => ({
  phase: async (name: string) => (await client.get(persistentVolumes, name)).status?.phase,
  volumeOf: async (name: string) =>
    (await client.get(persistentVolumeClaims, name, 'default')).spec?.volumeName,
  claimPhase: async (name: string) =>
    (await client.get(persistentVolumeClaims, name, 'default')).status?.phase,
  nodeOf: async (pod: string) => (await client.get(pods, pod, 'default')).spec?.nodeName,
  said: async (reason: string) =>
    (await client.list(events)).items.filter((e) => e.reason === reason).map((e) => e.message ?? ''),
  isGone: async (get: () => Promise<unknown>) => {
    await assert.rejects(get, (err: unknown) => isNotFound(err));
  },
});

describe('a claim and volumes made by hand', () => {
  test('find each other: the smallest that is large enough', async () => {
    await using plane = await cluster();
    const { volumeOf, phase, claimPhase } = asking(plane);
    await plane.create(volume('large', '9Gi'), volume('small', '1Gi'), volume('fits', '3Gi'));
    await within(async () => assert.equal(await phase('fits'), 'Available'));
    await plane.create(claim('data'));
    await within(async () => assert.equal(await claimPhase('data'), 'Bound'));
    assert.equal(await volumeOf('data'), 'fits');
    assert.equal(await phase('fits'), 'Bound');
    const { status } = await plane.client.get(persistentVolumeClaims, 'data', 'default');
    assert.deepEqual(status?.capacity, { storage: '3Gi' });
  });

  test('of which one waits, are bound when the other comes', async () => {
    await using plane = await cluster();
    const { volumeOf, said } = asking(plane);
    await plane.create(claim('data', { storageClassName: '' }));
    await within(async () =>
      assert.deepEqual(await said('FailedBinding'), [
        'no persistent volumes available for this claim and no storage class is set',
      ]),
    );
    await plane.create(volume('v', '2Gi'));
    await within(async () => assert.equal(await volumeOf('data'), 'v'));
  });

  test('that many ask for is given once', async () => {
    await using plane = await cluster();
    const { claimPhase } = asking(plane);
    const names = ['a', 'b', 'c', 'd'];
    await plane.create(...names.map((name) => claim(name)), volume('v1', '2Gi'), volume('v2', '2Gi'));
    await within(async () => {
      const phases = await Promise.all(names.map(claimPhase));
      assert.deepEqual(phases.sort(), ['Bound', 'Bound', 'Pending', 'Pending']);
    });
    const { items } = await plane.client.list(persistentVolumes);
    assert.equal(new Set(items.map(({ spec }) => spec?.claimRef?.name)).size, 2);
  });

  test('may be promised to each other from either side', async () => {
    await using plane = await cluster();
    const { volumeOf, said } = asking(plane);
    await plane.create(
      volume('promised', '9Gi', { claimRef: { namespace: 'default', name: 'mine' } }),
      volume('named', '9Gi'),
      claim('mine'),
      claim('asks', { volumeName: 'named' }),
      claim('late', { volumeName: 'named' }),
    );
    await within(async () => {
      assert.equal(await volumeOf('mine'), 'promised');
      assert.deepEqual(await said('FailedBinding'), ['volume "named" already bound to a different claim.']);
    });
    await plane.create(volume('tiny', '1Gi'), claim('greedy', { volumeName: 'tiny' }));
    await within(async () =>
      assert.deepEqual(await said('VolumeMismatch'), [
        'Cannot bind to requested volume "tiny": requested PV is too small',
      ]),
    );
  });

  test('part: the volume is Released, or Failed where nobody can delete it; the claim is Lost', async () => {
    await using plane = await cluster();
    const { phase, claimPhase, said } = asking(plane);
    const bound = { storageClassName: 'x' };
    await plane.create(
      volume('retained', '2Gi', bound),
      volume('deleted', '9Gi', { ...bound, persistentVolumeReclaimPolicy: 'Delete' }),
      claim('first', bound),
      claim('second', { ...bound, volumeName: 'deleted' }),
    );
    await within(async () => {
      assert.equal(await phase('retained'), 'Bound');
      assert.equal(await phase('deleted'), 'Bound');
    });
    await plane.client.delete(persistentVolumeClaims, inDefault('first'));
    await plane.client.delete(persistentVolumeClaims, inDefault('second'));
    await within(async () => {
      assert.equal(await phase('retained'), 'Released');
      assert.equal(await phase('deleted'), 'Failed');
    });
    await within(async () =>
      assert.match((await said('VolumeFailedDelete'))[0] ?? '', /no deletable volume plugin matched$/),
    );

    await plane.create(volume('v', '2Gi'), claim('data'));
    await within(async () => assert.equal(await claimPhase('data'), 'Bound'));
    await plane.client.delete(persistentVolumes, { name: 'v' });
    const { metadata } = await plane.client.get(persistentVolumes, 'v');
    assert.ok(metadata.deletionTimestamp, 'its claim keeps it');
    await plane.client.patch(persistentVolumes, { name: 'v' }, { metadata: { finalizers: null } });
    await within(async () => assert.equal(await claimPhase('data'), 'Lost'));
  });
});

describe('a claim of the default class', () => {
  test('gets a volume on the node of its first pod, which is bound after it', async () => {
    await using plane = await cluster();
    const { volumeOf, nodeOf, said, claimPhase } = asking(plane);
    await plane.create(standard(), claim('data'));
    await within(async () =>
      assert.deepEqual(await said('WaitForFirstConsumer'), [
        'waiting for first consumer to be created before binding',
      ]),
    );
    assert.equal(await claimPhase('data'), 'Pending');
    await plane.create(podWith('web', 'data'));
    await within(async () => assert.ok(await nodeOf('web')));
    const { spec, metadata } = await plane.client.get(persistentVolumes, (await volumeOf('data')) ?? '');
    const [term] = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
    assert.deepEqual(term?.matchExpressions?.[0]?.values, [await nodeOf('web')]);
    assert.equal(spec?.local?.path, `/var/lib/switchboard/volumes/${metadata.name}`);
    assert.equal(spec?.persistentVolumeReclaimPolicy, 'Delete');
    assert.equal(await claimPhase('data'), 'Bound');
  });

  test('made before there was such a class asks for it as soon as there is', async () => {
    await using plane = await cluster();
    const { nodeOf, said } = asking(plane);
    await plane.create(claim('data'), podWith('web', 'data'));
    await within(async () => assert.equal((await said('FailedBinding')).length, 1));
    await plane.create(standard());
    await within(async () => assert.ok(await nodeOf('web')));
    const { spec } = await plane.client.get(persistentVolumeClaims, 'data', 'default');
    assert.equal(spec?.storageClassName, 'standard');
  });

  test('that nobody mounted goes with its volume at once; one whose directory is there waits for its node', async () => {
    await using plane = await cluster();
    const { nodeOf, volumeOf, isGone } = asking(plane);
    await plane.create(standard(), claim('a'), claim('b'), podWith('a', 'a'), podWith('b', 'b'));
    await within(async () => assert.ok((await nodeOf('a')) && (await nodeOf('b'))));
    const [a, b] = [(await volumeOf('a')) ?? '', (await volumeOf('b')) ?? ''];
    const { metadata } = await plane.client.get(persistentVolumes, b);
    const finalizers = [...(metadata.finalizers ?? []), directoryFinalizer];
    await plane.client.patch(persistentVolumes, { name: b }, { metadata: { finalizers } });
    for (const name of ['a', 'b']) {
      await plane.client.delete(pods, inDefault(name));
      await plane.client.delete(persistentVolumeClaims, inDefault(name));
    }
    await within(() => isGone(() => plane.client.get(persistentVolumes, a)));
    await within(async () => {
      const waiting = await plane.client.get(persistentVolumes, b);
      assert.deepEqual(waiting.metadata.finalizers, [directoryFinalizer]);
    });
  });

  test('is kept as long as a pod with a node uses it', async () => {
    await using plane = await cluster();
    const { nodeOf, isGone } = asking(plane);
    await plane.create(standard(), claim('data'), podWith('web', 'data'));
    await within(async () => assert.ok(await nodeOf('web')));
    await plane.client.delete(persistentVolumeClaims, inDefault('data'));
    await plane.create(podWith('late', 'data'));
    await within(async () => {
      const { status } = await plane.client.get(pods, 'late', 'default');
      assert.match(status?.conditions?.[0]?.message ?? '', /persistentvolumeclaim "data" is being deleted/);
    });
    await plane.client.get(persistentVolumeClaims, 'data', 'default');
    await plane.client.delete(pods, inDefault('web'));
    await within(() => isGone(() => plane.client.get(persistentVolumeClaims, 'data', 'default')));
  });

  test('is refused with the reason where a directory cannot do', async () => {
    await using plane = await cluster();
    const { said } = asking(plane);
    await plane.create(standard(), claim('many', { accessModes: ['ReadWriteMany'] }), podWith('web', 'many'));
    await within(async () =>
      assert.match(
        (await said('ProvisioningFailed'))[0] ?? '',
        /access mode ReadWriteMany is not supported$/,
      ),
    );
    await plane.create(claim('unknown', { storageClassName: 'nope' }), podWith('other', 'unknown'));
    await within(async () => {
      const reasons = await said('ProvisioningFailed');
      assert.ok(reasons.includes('storageclass.storage.k8s.io "nope" not found'), reasons.join('\n'));
      const { status } = await plane.client.get(pods, 'other', 'default');
      assert.match(
        status?.conditions?.[0]?.message ?? '',
        /pod has unbound immediate PersistentVolumeClaims/,
      );
    });
  });
});

describe('a pod', () => {
  test('goes where a volume made by hand is, if its class waits for it', async () => {
    await using plane = await cluster();
    const { nodeOf, volumeOf } = asking(plane);
    const required = {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-2'] }] },
      ],
    };
    const { hostPath: _, ...spec } = volume('', '2Gi').spec;
    await plane.create(
      { ...standard({ provisioner: 'kubernetes.io/no-provisioner' }), metadata: { name: 'disks' } },
      {
        kind: 'PersistentVolume',
        metadata: { name: 'disk' },
        spec: {
          ...spec,
          storageClassName: 'disks',
          local: { path: '/mnt/disk' },
          nodeAffinity: { required },
        },
      },
      claim('data', { storageClassName: 'disks' }),
      podWith('web', 'data'),
      claim('more', { storageClassName: 'disks' }),
    );
    await within(async () => assert.equal(await nodeOf('web'), 'node-2'));
    assert.equal(await volumeOf('data'), 'disk');
    await plane.create(podWith('other', 'more'));
    await within(async () => {
      const { status } = await plane.client.get(pods, 'other', 'default');
      assert.match(
        status?.conditions?.[0]?.message ?? '',
        /2 node\(s\) didn't find available persistent volumes to bind/,
      );
    });
  });

  test('is alone with a claim that is ReadWriteOncePod', async () => {
    await using plane = await cluster();
    const { nodeOf } = asking(plane);
    await plane.create(
      standard(),
      claim('data', { accessModes: ['ReadWriteOncePod'] }),
      podWith('a', 'data'),
    );
    await within(async () => assert.ok(await nodeOf('a')));
    await plane.create(podWith('b', 'data'));
    await within(async () => {
      const { status } = await plane.client.get(pods, 'b', 'default');
      assert.match(status?.conditions?.[0]?.message ?? '', /ReadWriteOncePod access mode/);
    });
    await plane.client.delete(pods, inDefault('a'));
    await within(async () => assert.ok(await nodeOf('b')));
  });

  test('with an ephemeral volume gets a claim of its own, and none that is somebody else’s', async () => {
    await using plane = await cluster();
    const { nodeOf, said } = asking(plane);
    const ephemeral = { volumeClaimTemplate: { spec: claim('').spec } };
    const volumes = [{ name: 'data', ephemeral }];
    await plane.create(standard(), podWith('own', '', { volumes }));
    await within(async () => assert.ok(await nodeOf('own')));
    const { metadata } = await plane.client.get(persistentVolumeClaims, 'own-data', 'default');
    assert.equal(metadata.ownerReferences?.[0]?.name, 'own');
    await plane.create(claim('other-data'), podWith('other', '', { volumes }));
    await within(async () =>
      assert.deepEqual(await said('FailedToCreate'), [
        'PVC default/other-data was not created for pod default/other (pod is not owner)',
      ]),
    );
  });
});

describe('a StatefulSet with volumeClaimTemplates', () => {
  const set = (policy: object = {}) => ({
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'db' } },
      persistentVolumeClaimRetentionPolicy: policy,
      template: {
        metadata: { labels: { app: 'db' } },
        spec: {
          containers: [{ name: 'db', image: 'db', volumeMounts: [{ name: 'data', mountPath: '/d' }] }],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim('').spec }],
    },
  });
  const ready = (plane: ControlPlane, count: number) =>
    within(async () => {
      const { status } = await plane.client.get(statefulSets, 'db', 'default');
      assert.equal(status?.readyReplicas, count);
    });
  const claims = async (plane: ControlPlane) =>
    (await plane.client.list(persistentVolumeClaims)).items.map(({ metadata }) => metadata.name).sort();

  test('gives every pod a claim, and the pod that takes its place the same on the same node', async () => {
    await using plane = await cluster();
    const { nodeOf, volumeOf, said } = asking(plane);
    await plane.create(standard(), set());
    await ready(plane, 2);
    const before = [await nodeOf('db-1'), await volumeOf('data-db-1')];
    await within(async () =>
      assert.deepEqual(
        (await said('SuccessfulCreate')).filter((message) => message.includes('Claim')).sort(),
        [0, 1].map((n) => `create Claim data-db-${n} Pod db-${n} in StatefulSet db success`),
      ),
    );
    const { uid } = (await plane.client.get(pods, 'db-1', 'default')).metadata;
    await plane.client.delete(pods, inDefault('db-1'));
    await within(async () => {
      const { metadata } = await plane.client.get(pods, 'db-1', 'default');
      assert.notEqual(metadata.uid, uid);
      assert.deepEqual([await nodeOf('db-1'), await volumeOf('data-db-1')], before);
    });
    await plane.client.delete(statefulSets, inDefault('db'), { propagationPolicy: 'Background' });
    await within(async () => assert.equal((await plane.client.list(pods)).items.length, 0));
    assert.deepEqual(await claims(plane), ['data-db-0', 'data-db-1']);
  });

  test('lets them go as its retention policy says', async () => {
    await using plane = await cluster();
    await plane.create(standard(), set({ whenScaled: 'Delete', whenDeleted: 'Delete' }));
    await ready(plane, 2);
    await plane.client.patch(statefulSets, inDefault('db'), { spec: { replicas: 1 } });
    await within(async () => assert.deepEqual(await claims(plane), ['data-db-0']));
    await plane.client.delete(statefulSets, inDefault('db'), { propagationPolicy: 'Background' });
    await within(async () => assert.deepEqual(await claims(plane), []));
  });
});
