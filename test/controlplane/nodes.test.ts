/** What happens to nodes and their pods, and to a control plane that comes back, through the real API. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  configMaps,
  endpointSlices,
  endpoints,
  events,
  leases,
  namespaces,
  nodes,
  pods,
  serviceAccounts,
  services,
} from '../../src/api/resource.ts';
import { leaseDurationMs } from '../../src/client/leader.ts';
import { openMemory } from '../../src/store/index.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);
const started = (plane: ControlPlane) => within(() => plane.client.get(namespaces, 'kube-node-lease'));

const replicaSet = (name: string, replicas: number, spec: object = {}) => ({
  kind: 'ReplicaSet',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
    },
  },
});

describe('a new cluster', () => {
  test('has its namespaces, accounts, certificates and the Service of its API', async () => {
    await using plane = new ControlPlane();
    const { client } = plane;
    await within(async () => {
      const names = (await client.list(namespaces)).items.map((n) => n.metadata.name).sort();
      assert.deepEqual(names, ['default', 'kube-node-lease', 'kube-public', 'kube-system']);
      for (const name of names) {
        await client.get(serviceAccounts, 'default', name);
        const { data } = await client.get(configMaps, 'kube-root-ca.crt', name);
        assert.match(data?.['ca.crt'] ?? '', /BEGIN CERTIFICATE/);
      }
      const service = await client.get(services, 'kubernetes', 'default');
      assert.equal(service.spec?.clusterIP, '10.96.0.1');
      const slice = await client.get(endpointSlices, 'kubernetes', 'default');
      assert.deepEqual(slice.endpoints?.[0]?.addresses, ['172.30.0.2']);
      assert.equal(slice.ports?.[0]?.port, 6443);
      const { subsets } = await client.get(endpoints, 'kubernetes', 'default');
      assert.equal(subsets?.[0]?.addresses?.[0]?.ip, '172.30.0.2');
    });
    await client.delete(configMaps, { name: 'kube-root-ca.crt', namespace: 'default' });
    await client.delete(endpointSlices, { name: 'kubernetes', namespace: 'default' });
    await within(() => client.get(configMaps, 'kube-root-ca.crt', 'default'));
    await within(() => client.get(endpointSlices, 'kubernetes', 'default'));
  });

  test('gives every node a part of the pods of each family', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    await Promise.all(['a', 'b', 'c'].map((name) => plane.addNode(name)));
    await within(async () => {
      const given = (await plane.client.list(nodes)).items.map((n) => n.spec?.podCIDRs?.join());
      assert.deepEqual(given.map(String).sort(), [
        '10.244.0.0/24,fd44::/64',
        '10.244.1.0/24,fd44:0:0:1::/64',
        '10.244.2.0/24,fd44:0:0:2::/64',
      ]);
    });
  });
});

describe('a node that is silent', () => {
  test('is NotReady, its pods leave the endpoints, and no pod goes there until it is back', async () => {
    await using plane = new ControlPlane({ config: { nodeGraceMs: 1_000 } });
    const { client } = plane;
    await started(plane);
    await plane.addNode('node-1');
    plane.beat('node-1');
    await plane.create(
      {
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      },
      replicaSet('web', 2),
    );
    const ready = async () => {
      const { items } = await client.list(endpointSlices, {
        labelSelector: 'kubernetes.io/service-name=web',
      });
      return items.flatMap((s) => s.endpoints ?? []).filter((e) => e.conditions?.ready).length;
    };
    await within(async () => assert.equal(await ready(), 2));
    plane.silence('node-1');
    await within(async () => {
      const { status, spec } = await client.get(nodes, 'node-1');
      const condition = status?.conditions?.find((c) => c.type === 'Ready');
      assert.deepEqual([condition?.status, condition?.reason], ['Unknown', 'NodeStatusUnknown']);
      assert.deepEqual(
        spec?.taints?.map((t) => `${t.key}:${t.effect}`),
        ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
      );
    });
    await within(async () => assert.equal(await ready(), 0));

    await plane.create({ ...replicaSet('late', 1) });
    await within(async () => {
      const { items } = await client.list(pods, { labelSelector: 'app=late' });
      const why = items[0]?.status?.conditions?.find((c) => c.type === 'PodScheduled');
      assert.equal(why?.reason, 'Unschedulable');
      assert.equal(
        why?.message,
        '0/1 nodes are available: 1 node(s) had untolerated taint(s). preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
      );
    });
    plane.beat('node-1');
    const node = await client.get(nodes, 'node-1');
    const conditions = node.status?.conditions?.map((c) =>
      c.type === 'Ready' ? { ...c, status: 'True', lastHeartbeatTime: new Date().toISOString() } : c,
    );
    await client.update(
      nodes,
      { ...node, status: { ...node.status, conditions: conditions ?? [] } },
      'status',
    );
    await within(async () => {
      assert.equal((await client.get(nodes, 'node-1')).spec?.taints, undefined);
      const { items } = await client.list(pods, { labelSelector: 'app=late' });
      assert.equal(items[0]?.spec?.nodeName, 'node-1');
    });
  });

  test('loses pods that do not tolerate it', async () => {
    await using plane = new ControlPlane({ config: { nodeGraceMs: 1_000 } });
    const { client } = plane;
    await started(plane);
    await plane.addNode('node-1');
    plane.beat('node-1');
    const tolerations = ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 0,
    }));
    await plane.create(replicaSet('hasty', 1, { tolerations }), replicaSet('patient', 1));
    await within(async () => {
      const { items } = await client.list(pods, { namespace: 'default' });
      assert.deepEqual(
        items.map((p) => p.status?.phase),
        ['Running', 'Running'],
      );
    });
    plane.silence('node-1');
    await within(async () => {
      const hasty = (await client.list(pods, { labelSelector: 'app=hasty' })).items;
      assert.ok(hasty.some((p) => p.metadata.deletionTimestamp));
    });
    const [patient] = (await client.list(pods, { labelSelector: 'app=patient' })).items;
    assert.equal(patient?.metadata.deletionTimestamp, undefined);
  });
});

describe('a node that is deleted', () => {
  test('takes its pods along, which are made anew elsewhere', async () => {
    await using plane = new ControlPlane({ config: { nodeGraceMs: 1_000 } });
    const { client } = plane;
    await started(plane);
    await plane.addNode('node-1');
    plane.beat('node-1');
    await plane.create(replicaSet('web', 2));
    const phases = async () => {
      const { items } = await client.list(pods, { namespace: 'default' });
      return items.map((p) => `${p.spec?.nodeName} ${p.status?.phase}`);
    };
    await within(async () => assert.deepEqual(await phases(), ['node-1 Running', 'node-1 Running']));
    plane.silence('node-1');
    await client.delete(nodes, { name: 'node-1' });
    await plane.addNode('node-2');
    plane.beat('node-2');
    await within(async () => assert.deepEqual(await phases(), ['node-2 Running', 'node-2 Running']));
  });
});

describe('a control plane that is started again', () => {
  test('is back in well under a second, and blames no node for its own silence', async () => {
    const store = openMemory();
    // Not disposed of: as if it had been killed, it gives no Lease back.
    const first = new ControlPlane({ store });
    await started(first);
    await first.addNode('node-1');
    await first.create(replicaSet('web', 1));
    await within(async () =>
      assert.equal(
        (await first.client.list(pods, { namespace: 'default' })).items[0]?.status?.phase,
        'Running',
      ),
    );
    const lease = await first.client.get(leases, 'switchboard-controllers', 'kube-system');
    assert.equal(lease.spec?.holderIdentity, 'node-1');
    first.abandon();

    const startedMs = performance.now();
    await using second = new ControlPlane({ store, config: { nodeGraceMs: leaseDurationMs } });
    await second.create(replicaSet('more', 1));
    await within(async () => {
      const { items } = await second.client.list(pods, { labelSelector: 'app=more' });
      assert.equal(items[0]?.status?.phase, 'Running');
    });
    assert.ok(performance.now() - startedMs < leaseDurationMs, 'it did not wait for the Lease to run out');
    const { status } = await second.client.get(nodes, 'node-1');
    assert.equal(status?.conditions?.find((c) => c.type === 'Ready')?.status, 'True');
  });
});

describe('a pod that fits nowhere', () => {
  test('is told why, and goes as soon as there is room', async () => {
    await using plane = new ControlPlane();
    const { client } = plane;
    await started(plane);
    await plane.addNode('small', { cpu: '1' });
    await plane.create({
      kind: 'Pod',
      metadata: { name: 'big', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '2' } } }] },
    });
    await within(async () => {
      const said = (await client.list(events, { namespace: 'default' })).items.find(
        (e) => e.reason === 'FailedScheduling',
      );
      assert.equal(
        said?.message,
        '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
      );
      assert.equal(said?.type, 'Warning');
    });
    await plane.addNode('large', { cpu: '4' });
    await within(async () =>
      assert.equal((await client.get(pods, 'big', 'default')).spec?.nodeName, 'large'),
    );
  });
});
