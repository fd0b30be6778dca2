/** Deployments, ReplicaSets, StatefulSets, Services and namespaces through the real API, with pretended nodes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  controllerRevisions,
  deployments,
  endpointSlices,
  endpoints,
  events,
  namespaces,
  pods,
  replicaSets,
  statefulSets,
} from '../../src/api/resource.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const deploymentYaml = (replicas: number, image = 'nginx:1') => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 80 }] }] },
    },
  },
});

const serviceYaml = {
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};

async function cluster(): Promise<ControlPlane> {
  const plane = new ControlPlane();
  await eventually(() => plane.client.get(namespaces, 'kube-node-lease'), 30_000, 5);
  await plane.addNode('node-1');
  await plane.addNode('node-2');
  return plane;
}

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);

describe('a deployment', () => {
  test('comes up, serves, is scaled, rolled over and rolled back', async () => {
    await using plane = await cluster();
    const { client } = plane;
    await plane.create(serviceYaml, deploymentYaml(3));
    await within(async () => {
      const { status } = await client.get(deployments, 'web', 'default');
      assert.equal(status?.availableReplicas, 3);
      assert.deepEqual(
        status?.conditions?.map((c) => [c.type, c.status, c.reason]),
        [
          ['Available', 'True', 'MinimumReplicasAvailable'],
          ['Progressing', 'True', 'NewReplicaSetAvailable'],
        ],
      );
    });
    await within(async () => {
      const { items } = await client.list(endpointSlices, {
        labelSelector: 'kubernetes.io/service-name=web',
        namespace: 'default',
      });
      assert.equal(items.length, 1);
      assert.equal(items[0]?.endpoints?.filter((e) => e.conditions?.ready).length, 3);
      assert.deepEqual(items[0]?.ports, [{ name: 'http', port: 80, protocol: 'TCP' }]);
      const { subsets } = await client.get(endpoints, 'web', 'default');
      assert.equal(subsets?.[0]?.addresses?.length, 3);
    });

    const target = { name: 'web', namespace: 'default' };
    await client.patch(deployments, target, { spec: { replicas: 100 } });
    await within(async () =>
      assert.equal((await client.get(deployments, 'web', 'default')).status?.readyReplicas, 100),
    );
    const { items: hundred } = await client.list(pods, { namespace: 'default' });
    assert.equal(hundred.length, 100);
    const onFirst = hundred.filter((p) => p.spec?.nodeName === 'node-1').length;
    assert.equal(onFirst, 50);

    await client.patch(deployments, target, { spec: { replicas: 4 } });
    await within(async () =>
      assert.equal((await client.list(pods, { namespace: 'default' })).items.length, 4),
    );
    const template = deploymentYaml(4, 'nginx:2').spec.template;
    await client.patch(deployments, target, { spec: { template } });
    await within(async () => {
      const { status, metadata } = await client.get(deployments, 'web', 'default');
      assert.equal(status?.updatedReplicas, 4);
      assert.equal(status?.replicas, 4);
      assert.equal(metadata.annotations?.['deployment.kubernetes.io/revision'], '2');
    });
    await client.patch(deployments, target, { spec: deploymentYaml(4).spec });
    await within(async () => {
      const { status, metadata } = await client.get(deployments, 'web', 'default');
      assert.equal(status?.updatedReplicas, 4);
      assert.equal(status?.availableReplicas, 4);
      assert.equal(metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
      const sets = (await client.list(replicaSets, { namespace: 'default' })).items;
      assert.deepEqual(
        sets.map((s) => s.spec?.replicas ?? 1).sort((a, b) => a - b),
        [0, 4],
      );
    });
    await within(async () => {
      const said = (await client.list(events, { namespace: 'default' })).items.map((e) => e.message);
      assert.ok(said.some((m) => /^Scaled up replica set web-\w+ from 0 to 3$/.test(m ?? '')));
      assert.ok(said.some((m) => /^Successfully assigned default\/web-\w+-\w+ to node-[12]$/.test(m ?? '')));
    });

    await client.delete(deployments, target, { propagationPolicy: 'Background' });
    await within(async () => {
      assert.equal((await client.list(replicaSets, { namespace: 'default' })).items.length, 0);
      assert.equal((await client.list(pods, { namespace: 'default' })).items.length, 0);
    });
  });

  test('deleted in the foreground goes after its pods', async () => {
    await using plane = await cluster();
    const { client } = plane;
    await plane.create(deploymentYaml(2));
    await within(async () =>
      assert.equal((await client.get(deployments, 'web', 'default')).status?.readyReplicas, 2),
    );
    await client.delete(
      deployments,
      { name: 'web', namespace: 'default' },
      { propagationPolicy: 'Foreground' },
    );
    await within(async () => {
      assert.equal((await client.list(deployments, { namespace: 'default' })).items.length, 0);
      assert.equal((await client.list(pods, { namespace: 'default' })).items.length, 0);
    });
  });

  test('deleted with Orphan leaves its ReplicaSet, which the next one adopts', async () => {
    await using plane = await cluster();
    const { client } = plane;
    await plane.create(deploymentYaml(2));
    await within(async () =>
      assert.equal((await client.get(deployments, 'web', 'default')).status?.readyReplicas, 2),
    );
    const before = (await client.list(pods, { namespace: 'default' })).items
      .map((p) => String(p.metadata.uid))
      .sort();
    await client.delete(deployments, { name: 'web', namespace: 'default' }, { propagationPolicy: 'Orphan' });
    await within(async () => {
      const [set] = (await client.list(replicaSets, { namespace: 'default' })).items;
      assert.deepEqual(set?.metadata.ownerReferences ?? [], []);
      assert.equal((await client.list(deployments, { namespace: 'default' })).items.length, 0);
    });
    await plane.create(deploymentYaml(2));
    await within(async () => {
      assert.equal((await client.get(deployments, 'web', 'default')).status?.readyReplicas, 2);
      const [set] = (await client.list(replicaSets, { namespace: 'default' })).items;
      assert.equal(set?.metadata.ownerReferences?.[0]?.name, 'web');
    });
    const after = (await client.list(pods, { namespace: 'default' })).items
      .map((p) => String(p.metadata.uid))
      .sort();
    assert.deepEqual(after, before);
  });
});

describe('a StatefulSet', () => {
  const yaml = (image = 'db:1') => ({
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'db', image }] },
      },
    },
  });

  test('comes up in order with names, is updated from the top, and has a history', async () => {
    await using plane = await cluster();
    const { client } = plane;
    await plane.create(
      {
        kind: 'Service',
        metadata: { name: 'db', namespace: 'default' },
        spec: { clusterIP: 'None', selector: { app: 'db' } },
      },
      yaml(),
    );
    await within(async () =>
      assert.equal((await client.get(statefulSets, 'db', 'default')).status?.availableReplicas, 3),
    );
    const { items } = await client.list(pods, { namespace: 'default' });
    assert.deepEqual(items.map((p) => p.metadata.name).sort(), ['db-0', 'db-1', 'db-2']);
    const first = items.find((p) => p.metadata.name === 'db-0');
    assert.equal(first?.spec?.hostname, 'db-0');
    assert.equal(first?.spec?.subdomain, 'db');
    assert.equal(first?.metadata.labels?.['apps.kubernetes.io/pod-index'], '0');
    await within(async () => {
      const { items } = await client.list(endpointSlices, { labelSelector: 'kubernetes.io/service-name=db' });
      assert.deepEqual(items[0]?.endpoints?.map((e) => String(e.hostname)).sort(), ['db-0', 'db-1', 'db-2']);
      assert.equal(items[0]?.metadata.labels?.['service.kubernetes.io/headless'], '');
    });

    await client.patch(statefulSets, { name: 'db', namespace: 'default' }, { spec: yaml('db:2').spec });
    await within(async () => {
      const { status } = await client.get(statefulSets, 'db', 'default');
      assert.equal(status?.updatedReplicas, 3);
      assert.equal(status?.currentRevision, status?.updateRevision);
      assert.equal((await client.list(controllerRevisions)).items.length, 2);
      const { items } = await client.list(pods, { namespace: 'default' });
      const images = items.map((p) => p.spec?.containers[0]?.image);
      assert.deepEqual(images, ['db:2', 'db:2', 'db:2']);
    });
  });
});

describe('a namespace', () => {
  test('that is deleted takes everything in it along', async () => {
    await using plane = await cluster();
    const { client } = plane;
    await plane.create({ kind: 'Namespace', metadata: { name: 'shop' } });
    const inShop = (object: { metadata: object }) => ({
      ...object,
      metadata: { ...object.metadata, namespace: 'shop' },
    });
    await plane.create(inShop(serviceYaml), inShop(deploymentYaml(3)));
    await within(async () =>
      assert.equal((await client.get(deployments, 'web', 'shop')).status?.readyReplicas, 3),
    );
    await client.delete(namespaces, { name: 'shop' });
    await within(async () => {
      const names = (await client.list(namespaces)).items.map((n) => n.metadata.name);
      assert.deepEqual(names.includes('shop'), false);
    });
    assert.equal((await client.list(pods, { namespace: 'shop' })).items.length, 0);
    assert.equal((await client.list(events, { namespace: 'shop' })).items.length, 0);
  });
});
