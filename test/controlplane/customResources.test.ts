/** Custom resources among everything that is owned, and in namespaces that end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotFound } from '../../src/api/errors.ts';
import { configMaps, customResourceDefinitions, namespaces, type Resource } from '../../src/api/resource.ts';
import type { CustomResourceDefinition, KubeObject } from '../../src/api/types.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const boats: Resource = {
  group: 'sea.example.com',
  version: 'v1',
  kind: 'Boat',
  plural: 'boats',
  namespaced: true,
};

const definition: CustomResourceDefinition = {
  metadata: { name: 'boats.sea.example.com' },
  spec: {
    group: 'sea.example.com',
    scope: 'Namespaced',
    names: { plural: 'boats', kind: 'Boat' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object' } },
      },
    ],
  },
};

async function withBoats(): Promise<ControlPlane> {
  const plane = new ControlPlane();
  await plane.client.create(customResourceDefinitions, definition);
  await eventually(async () => {
    const { status } = await plane.client.get(customResourceDefinitions, 'boats.sea.example.com');
    assert.ok(status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True'));
  });
  return plane;
}

const ownedBy = ({ apiVersion = '', kind = '', metadata }: KubeObject) => ({
  ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' }],
});

const gone = (get: () => Promise<unknown>) => eventually(() => assert.rejects(get, isNotFound));

test('what a custom resource owns goes with it', async () => {
  await using plane = await withBoats();
  const { client } = plane;
  const boat = await client.create(boats, { metadata: { name: 'ann', namespace: 'default' } });
  await client.create(configMaps, { metadata: { name: 'log', namespace: 'default', ...ownedBy(boat) } });
  await client.delete(boats, { name: 'ann', namespace: 'default' });
  await gone(() => client.get(configMaps, 'log', 'default'));
});

test('a custom resource goes with what owns it', async () => {
  await using plane = await withBoats();
  const { client } = plane;
  const harbour = await client.create(configMaps, { metadata: { name: 'harbour', namespace: 'default' } });
  const owner = { ...harbour, apiVersion: 'v1', kind: 'ConfigMap' };
  await client.create(boats, { metadata: { name: 'ann', namespace: 'default', ...ownedBy(owner) } });
  await client.delete(configMaps, { name: 'harbour', namespace: 'default' });
  await gone(() => client.get(boats, 'ann', 'default'));
});

test('a definition that goes takes along what its objects own', async () => {
  await using plane = await withBoats();
  const { client } = plane;
  // Somebody who has never met the kind could not know that its objects are gone.
  const first = await client.create(boats, { metadata: { name: 'bob', namespace: 'default' } });
  await client.create(configMaps, { metadata: { name: 'met', namespace: 'default', ...ownedBy(first) } });
  await client.delete(boats, { name: 'bob', namespace: 'default' });
  await gone(() => client.get(configMaps, 'met', 'default'));
  const boat = await client.create(boats, { metadata: { name: 'ann', namespace: 'default' } });
  await client.create(configMaps, { metadata: { name: 'log', namespace: 'default', ...ownedBy(boat) } });
  await client.delete(customResourceDefinitions, { name: 'boats.sea.example.com' });
  await gone(() => client.get(configMaps, 'log', 'default'));
});

test('a namespace that ends takes its custom resources along', async () => {
  await using plane = await withBoats();
  const { client } = plane;
  await client.create(namespaces, { metadata: { name: 'port' } });
  await client.create(boats, { metadata: { name: 'ann', namespace: 'port' } });
  await client.delete(namespaces, { name: 'port' });
  await gone(() => client.get(namespaces, 'port'));
  assert.deepEqual((await client.list(boats)).items, []);
});
