/** Volumes that outlive pods: by hand, made for a claim, and one for each pod of a StatefulSet; real directories. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';

let cluster: TestCluster;
const kubectl = (...args: string[]) => cluster.kubectl(...args);

before(async () => {
  cluster = await startCluster({ name: 'e2e-storage', nodes: 2 });
});
after(() => cluster?.down());

const apply = (...items: object[]) =>
  cluster.kubectl.input(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), 'apply', '-f', '-');

const claim = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

const podWith = (
  name: string,
  volume: object,
  more: object = {},
  { first = 'true', ...mount }: { first?: string; subPath?: string } = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'c',
        image: 'busybox:1.28',
        command: ['sh', '-c', `${first}; sleep 3600`],
        volumeMounts: [{ name: 'data', mountPath: '/data', ...mount }],
      },
    ],
    volumes: [{ name: 'data', ...volume }],
    ...more,
  },
});

const claimed = (claimName: string) => ({ persistentVolumeClaim: { claimName } });
const ready = (...names: string[]) => kubectl('wait', '--for=condition=Ready', ...names, '--timeout=60s');
const inPod = (pod: string, script: string) => kubectl('exec', pod, '--', 'sh', '-c', script);
const claimOf = (name: string) => cluster.kubectl.json<PersistentVolumeClaim>('get', 'pvc', name);
const volumeOf = async (name: string) =>
  cluster.kubectl.json<PersistentVolume>('get', 'pv', (await claimOf(name)).spec?.volumeName ?? '');
const nodeOf = async (pod: string) =>
  (await cluster.kubectl.json<Pod>('get', 'pod', pod)).spec?.nodeName ?? '';
const goes = (...what: string[]) =>
  eventually(async () => {
    for (const each of what) assert.match((await cluster.kubectl.attempt('get', each)).stderr, /NotFound/);
  }, 60_000);
/** As `kubectl wait --for=jsonpath`, which 1.20 does not have. */
const becomes = (what: string, path: string, value: string) =>
  eventually(async () => assert.equal(await kubectl('get', what, '-o', `jsonpath={${path}}`), value), 60_000);

/** What stands in a directory of a node; undefined when that is not there. */
async function listing(node: string, path: string): Promise<string | undefined> {
  return (await cluster.inNode(node, 'sh', '-c', `ls ${path} 2>/dev/null || echo gone`)).trim();
}

describe('a volume made by hand', () => {
  test('serves the claim and the pod of the tutorial, and is Released, not emptied, when the claim goes', async () => {
    await apply(
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'task-pv-volume', labels: { type: 'local' } },
        spec: {
          storageClassName: 'manual',
          capacity: { storage: '10Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/mnt/data' },
        },
      },
      claim('task-pv-claim', { storageClassName: 'manual', resources: { requests: { storage: '3Gi' } } }),
    );
    await becomes('pvc/task-pv-claim', '.status.phase', 'Bound');
    const columns = ['task-pv-volume', '10Gi', 'RWO', 'Retain', 'Bound', 'default/task-pv-claim', 'manual'];
    assert.match(
      await kubectl('get', 'pv', 'task-pv-volume'),
      new RegExp(`^${columns.join('\\s+')}\\s`, 'm'),
    );
    assert.match(
      await kubectl('get', 'pvc', 'task-pv-claim'),
      /^task-pv-claim\s+Bound\s+task-pv-volume\s+10Gi\s+RWO\s+manual\s/m,
    );
    await apply(podWith('task-pv-pod', claimed('task-pv-claim')));
    await ready('pod/task-pv-pod');
    await inPod('task-pv-pod', 'echo Hello from Kubernetes storage > /data/index.html');
    const node = await nodeOf('task-pv-pod');
    assert.equal(await listing(node, '/mnt/data'), 'index.html');
    assert.match(await kubectl('describe', 'pvc', 'task-pv-claim'), /Used By:\s+task-pv-pod/);
    await kubectl('delete', 'pod/task-pv-pod', 'pvc/task-pv-claim');
    await eventually(async () =>
      assert.match(
        await kubectl('get', 'pv', 'task-pv-volume'),
        /Retain\s+Released\s+default\/task-pv-claim/,
      ),
    );
    assert.equal(await listing(node, '/mnt/data'), 'index.html');
    await kubectl('delete', 'pv', 'task-pv-volume');
  });
});

describe('a claim of the default class', () => {
  test('waits for its pod, gets a directory on that node, and keeps the next pod there', async () => {
    await apply(claim('web'));
    await eventually(async () =>
      assert.match(
        await kubectl('describe', 'pvc', 'web'),
        /WaitForFirstConsumer.*waiting for first consumer to be created before binding/,
      ),
    );
    assert.equal((await claimOf('web')).spec?.storageClassName, 'standard');
    await apply(podWith('first', claimed('web')));
    await ready('pod/first');
    await inPod('first', 'echo kept > /data/file');
    const node = await nodeOf('first');
    const { metadata, spec } = await volumeOf('web');
    assert.equal(await listing(node, spec?.local?.path ?? ''), 'file');
    await eventually(async () =>
      assert.match(await kubectl('describe', 'pvc', 'web'), /ProvisioningSucceeded/),
    );
    assert.match(await kubectl('describe', 'pv', metadata.name), /kubernetes.io\/hostname in \[e2e-storage-/);
    await kubectl('delete', 'pod', 'first');
    for (const name of ['second', 'third']) {
      await apply(podWith(name, claimed('web')));
      await ready(`pod/${name}`);
      assert.equal(await inPod(name, 'cat /data/file'), 'kept\n');
      assert.equal(await nodeOf(name), node);
    }
    const [other] = ['e2e-storage-1', 'e2e-storage-2'].filter((name) => name !== node);
    await apply(podWith('far', claimed('web'), { nodeSelector: { 'kubernetes.io/hostname': other } }));
    await eventually(async () =>
      assert.match(
        await kubectl('describe', 'pod', 'far'),
        /1 node\(s\) didn't match PersistentVolume's node affinity/,
      ),
    );
    await kubectl('delete', 'pod', 'far', 'third');
  });

  test('that is deleted waits for its pods, and takes its directory along', async () => {
    const { metadata, spec } = await volumeOf('web');
    const node = await nodeOf('second');
    await kubectl('delete', 'pvc', 'web', '--wait=false');
    assert.match(await kubectl('get', 'pvc', 'web'), /^web\s+Terminating/m);
    assert.equal(await inPod('second', 'cat /data/file'), 'kept\n');
    await kubectl('delete', 'pod', 'second');
    await goes('pvc/web', `pv/${metadata.name}`);
    assert.equal(await listing(node, spec?.local?.path ?? ''), 'gone');
  });

  test('says what it is to kubectl of every version', async () => {
    for (const { path } of await kubectls()) {
      const own = kubectlWith(cluster.kubeconfig, path);
      assert.match(
        await own('get', 'storageclass'),
        /^standard \(default\)\s+switchboard.dev\/local-path\s+Delete\s+WaitForFirstConsumer\s+false/m,
      );
      assert.match(await own('describe', 'sc', 'standard'), /IsDefaultClass:\s+Yes/);
    }
  });
});

describe('a class that retains and grows', () => {
  const keep: StorageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'keep' },
    provisioner: 'switchboard.dev/local-path',
    reclaimPolicy: 'Retain',
    allowVolumeExpansion: true,
    volumeBindingMode: 'WaitForFirstConsumer',
  };

  test('lets a claim grow, keeps the directory of one that goes, and a person may hand it on', async () => {
    await apply(keep, claim('kept', { storageClassName: 'keep' }), podWith('keeper', claimed('kept')));
    await ready('pod/keeper');
    await inPod('keeper', 'echo precious > /data/file');
    const grow = (name: string) =>
      cluster.kubectl.attempt(
        ...['patch', 'pvc', name, '-p', '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'],
      );
    assert.equal((await grow('kept')).code, 0);
    await becomes('pvc/kept', '.status.capacity.storage', '2Gi');
    const { metadata, spec } = await volumeOf('kept');
    const node = await nodeOf('keeper');
    await kubectl('delete', 'pod/keeper', 'pvc/kept');
    await becomes(`pv/${metadata.name}`, '.status.phase', 'Released');
    assert.equal(await listing(node, spec?.local?.path ?? ''), 'file');

    await kubectl('patch', 'pv', metadata.name, '-p', '{"spec":{"claimRef":null}}');
    await apply(claim('heir', { storageClassName: 'keep', volumeName: metadata.name }));
    await apply(podWith('heir', claimed('heir')));
    await ready('pod/heir');
    assert.equal(await inPod('heir', 'cat /data/file'), 'precious\n');
    await kubectl('delete', 'pod/heir', 'pvc/heir');
    await kubectl('delete', 'pv', metadata.name);
    assert.equal(await listing(node, spec?.local?.path ?? ''), 'file');
  });

  test('does not let a claim of another class grow', async () => {
    await apply(claim('small'), podWith('small', claimed('small')));
    await ready('pod/small');
    const patch = '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}';
    const { stderr } = await cluster.kubectl.attempt('patch', 'pvc', 'small', '-p', patch);
    assert.match(stderr, /the storageclass that provisions the pvc must support resize/);
    await kubectl('delete', 'pod/small', 'pvc/small');
  });
});

describe('a pod', () => {
  test('may write as its fsGroup, not where it mounts read-only, and sees only its subPath', async () => {
    const user = { securityContext: { runAsUser: 1000, fsGroup: 2000 } };
    const first = 'mkdir /data/sub && echo mine > /data/sub/file';
    await apply(claim('shared'), podWith('owner', claimed('shared'), user, { first }));
    await ready('pod/owner');
    await eventually(async () => assert.match(await inPod('owner', 'ls -ln /data/sub/file'), /1000\s+2000/));
    const readOnly = { persistentVolumeClaim: { claimName: 'shared', readOnly: true } };
    await apply(podWith('reader', readOnly, user, { subPath: 'sub' }));
    await ready('pod/reader');
    assert.equal(await inPod('reader', 'cat /data/file'), 'mine\n');
    await assert.rejects(inPod('reader', 'touch /data/new'), /Read-only file system/);
    await kubectl('delete', 'pod/owner', 'pod/reader', 'pvc/shared');
  });

  test('has an ephemeral volume that comes and goes with it', async () => {
    const spec = claim('').spec;
    await apply(podWith('scratch', { ephemeral: { volumeClaimTemplate: { spec } } }));
    await ready('pod/scratch');
    const { metadata } = await volumeOf('scratch-data');
    await kubectl('delete', 'pod', 'scratch');
    await goes('pvc/scratch-data', `pv/${metadata.name}`);
  });

  test('waits for a claim that is missing, and starts when it is there', async () => {
    await apply(podWith('early', claimed('late')));
    await eventually(async () =>
      assert.match(await kubectl('describe', 'pod', 'early'), /persistentvolumeclaim "late" not found/),
    );
    await apply(claim('late'));
    await ready('pod/early');
    await apply(podWith('bound', claimed('none'), { nodeName: 'e2e-storage-1' }));
    await eventually(async () =>
      assert.match(
        await kubectl('describe', 'pod', 'bound'),
        /FailedMount.*failed to fetch PVC from API server: persistentvolumeclaims "none" not found/,
      ),
    );
    await kubectl('delete', 'pod/early', 'pod/bound', 'pvc/late');
  });
});

describe('a StatefulSet with claims', () => {
  const set = (policy: object = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      replicas: 2,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'db' } },
      persistentVolumeClaimRetentionPolicy: policy,
      template: {
        metadata: { labels: { app: 'db' } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'c',
              image: 'busybox:1.28',
              command: ['sh', '-c', 'hostname >> /data/who; sleep 3600'],
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim('').spec }],
    },
  });
  const settled = () => kubectl('rollout', 'status', 'sts/db', '--timeout=60s');
  /** Every life of a pod leaves its name in the directory, a moment after it began. */
  const wrote = (name: string, lives: number) =>
    eventually(async () =>
      assert.equal(await inPod(name, 'cat /data/who'), Array(lives).fill(`${name}\n`).join('')),
    );

  test('gives each pod its own on two nodes, and its data back after the pod was deleted', async () => {
    await apply(set());
    await settled();
    const nodes = [await nodeOf('db-0'), await nodeOf('db-1')];
    assert.equal(new Set(nodes).size, 2);
    for (const name of ['db-0', 'db-1']) await wrote(name, 1);
    await kubectl('delete', 'pod', 'db-0', 'db-1');
    await settled();
    for (const [i, name] of ['db-0', 'db-1'].entries()) {
      await wrote(name, 2);
      assert.equal(await nodeOf(name), nodes[i]);
    }
    await kubectl('delete', 'sts', 'db');
    await goes('pod/db-0', 'pod/db-1');
    assert.match(await kubectl('get', 'pvc'), /^data-db-0\s+Bound[^]*^data-db-1\s+Bound/m);
    await apply(set());
    await settled();
    await wrote('db-1', 3);
  });

  test('lets them go when it is scaled and when it is deleted, if its policy says so', async () => {
    await apply(set({ whenDeleted: 'Delete', whenScaled: 'Delete' }));
    await eventually(async () =>
      assert.equal((await claimOf('data-db-1')).metadata.ownerReferences?.[0]?.name, 'db'),
    );
    await kubectl('scale', 'sts', 'db', '--replicas=1');
    await goes('pvc/data-db-1');
    assert.equal((await claimOf('data-db-0')).status?.phase, 'Bound');
    await kubectl('delete', 'sts', 'db');
    await goes('pvc/data-db-0');
    await eventually(async () => assert.doesNotMatch(await kubectl('get', 'pv'), /data-db/));
  });
});

describe('a directory on a node that is away', () => {
  const node = 'e2e-storage-2';

  /** A claim with a directory on the node, and no pod any more. */
  async function leftBehind(name: string): Promise<{ volume: string; path: string }> {
    const spec = { nodeSelector: { 'kubernetes.io/hostname': node } };
    await apply(claim(name), podWith(name, claimed(name), spec));
    await ready(`pod/${name}`);
    const { metadata, spec: made } = await volumeOf(name);
    await kubectl('delete', 'pod', name);
    await goes(`pod/${name}`);
    return { volume: metadata.name, path: made?.local?.path ?? '' };
  }

  test('is removed when the node is back', async () => {
    const { volume, path } = await leftBehind('later');
    await cluster.switchboard('node', 'stop', node);
    await kubectl('delete', 'pvc', 'later');
    await eventually(async () =>
      assert.match(await kubectl('get', 'pv', volume), /Terminating\s+default\/later/),
    );
    await cluster.switchboard('node', 'start', node);
    await goes(`pv/${volume}`);
    assert.equal(await listing(node, path), 'gone');
  });

  test('is not waited for when the node does not come back', async () => {
    const { volume } = await leftBehind('never');
    await cluster.switchboard('node', 'stop', node);
    await kubectl('delete', 'pvc', 'never');
    await kubectl('delete', 'node', node);
    await goes(`pv/${volume}`);
  });
});
