/** ServiceCIDR and IPAddress objects rule what Services are given: through the handler, over a store in memory. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { ipAddresses, type Resource, serviceCIDRs, services } from '../../../api/resource.ts';
import type { KubeObject } from '../../../api/types.ts';
import { openMemory, type Store } from '../../../store/index.ts';
import { prefixOf } from '../../object/keys.ts';
import { type Reply, type TestApi, testApi, yaml } from '../../testing/testApi.ts';
import { serviceAllocation } from './index.ts';

const objectsIn =
  <T extends KubeObject>(store: Store, resource: Resource<T>) =>
  async () =>
    (await store.list(prefixOf(resource))).entries.map(({ object }) => object as T);

function apiOver(store: Store, ranges = ['10.96.0.0/24', 'fd96::/112']): TestApi {
  const plugin = serviceAllocation({
    services: objectsIn(store, services),
    ipAddresses: objectsIn(store, ipAddresses),
    serviceRanges: objectsIn(store, serviceCIDRs),
    serviceCIDRs: ranges,
    nodePorts: { first: 30000, last: 30015 },
    random: Math.random,
  });
  return testApi({ store, admission: [plugin] });
}

const servicesPath = '/api/v1/namespaces/default/services';
const addressesPath = '/apis/networking.k8s.io/v1/ipaddresses';
const rangesPath = '/apis/networking.k8s.io/v1/servicecidrs';

let store: Store;
let api: TestApi;
beforeEach(() => {
  store = openMemory();
  api = apiOver(store);
});
afterEach(() => store.close());

const create = (name: string, spec: object = {}): Promise<Reply> =>
  api.post(
    servicesPath,
    yaml({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } }),
  );

const addRange = (name: string, ...cidrs: string[]): Promise<Reply> =>
  api.post(
    rangesPath,
    yaml({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name }, spec: { cidrs } }),
  );

const reserve = (ip: string, resource = 'things'): Promise<Reply> =>
  api.post(
    addressesPath,
    yaml({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: ip },
      spec: { parentRef: { resource, namespace: 'default', name: 'mine' } },
    }),
  );

const addresses = async (): Promise<string[]> =>
  (await objectsIn(store, ipAddresses)()).map(({ metadata }) => metadata.name).sort();

describe('an IPAddress', () => {
  test('is there as soon as its Service is, and says whose it is', async () => {
    const { object } = await create('web', { ipFamilyPolicy: 'RequireDualStack' });
    assert.deepEqual(await addresses(), object['spec'].clusterIPs.toSorted());
    const [, six = ''] = object['spec'].clusterIPs as string[];
    const { object: address } = await api.get(`${addressesPath}/${six}`);
    assert.deepEqual(address['metadata'].labels, {
      'ipaddress.kubernetes.io/ip-family': 'IPv6',
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
    });
    assert.deepEqual(address['spec'].parentRef, {
      resource: 'services',
      namespace: 'default',
      name: 'web',
    });
    assert.ok(address['metadata'].uid && address['metadata'].creationTimestamp);
  });

  test('goes with its Service, and with the family or type that it was for', async () => {
    await create('web', { ipFamilyPolicy: 'RequireDualStack' });
    await create('other', {});
    const { object } = await api.patch(`${servicesPath}/web`, '{"spec":{"ipFamilyPolicy":"SingleStack"}}');
    assert.equal((await addresses()).length, 2);
    await api.patch(`${servicesPath}/other`, '{"spec":{"type":"ExternalName","externalName":"example.com"}}');
    assert.deepEqual(await addresses(), object['spec'].clusterIPs);
    await api.patch(`${servicesPath}/other`, '{"spec":{"type":"NodePort","externalName":null}}');
    assert.equal((await addresses()).length, 2);
    await api.delete(`${servicesPath}/web`);
    await api.delete(`${servicesPath}/other`);
    assert.deepEqual(await addresses(), []);
  });

  test('is in the same commit as its Service: no watch sees one without the other', async () => {
    const watch = store.watch('', store.revision())[Symbol.asyncIterator]();
    await create('web');
    const { value } = await watch.next();
    assert.deepEqual(
      (value as { key: string }[]).map(({ key }) => key.split('/')[2]),
      ['ipaddresses', 'services'],
    );
  });

  test('is not left behind by a Service that is refused, nor by a dry run', async () => {
    await create('web');
    const before = await addresses();
    assert.equal((await create('web')).code, 409);
    assert.equal((await create('bad', { ports: [{ port: 0 }] })).code, 422);
    const dry = yaml({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'dry' },
      spec: { ports: [{ port: 1 }] },
    });
    assert.equal((await api.post(`${servicesPath}?dryRun=All`, dry)).code, 201);
    assert.deepEqual(await addresses(), before);
  });

  test('that somebody made reserves its address until it is gone', async () => {
    assert.equal((await reserve('10.96.0.77')).code, 201);
    const refused = await create('web', { clusterIP: '10.96.0.77' });
    assert.equal(refused.code, 422);
    assert.equal(
      refused.object['message'],
      'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.77"]: failed to allocate IP 10.96.0.77: provided IP is already allocated',
    );
    await api.delete(`${addressesPath}/10.96.0.77`);
    assert.equal((await create('web', { clusterIP: '10.96.0.77' })).code, 201);
  });

  test('that is deleted under its Service does not give the address away', async () => {
    await create('web', { clusterIP: '10.96.0.50' });
    await api.delete(`${addressesPath}/10.96.0.50`);
    assert.match((await create('x', { clusterIP: '10.96.0.50' })).object['message'], /already allocated/);
    // As the repair controller makes it.
    await reserve('10.96.0.50', 'services');
    await api.delete(`${servicesPath}/web`);
    assert.match((await create('x', { clusterIP: '10.96.0.50' })).object['message'], /already allocated/);
  });

  test('and its Service are known after a restart', async () => {
    await create('web', { clusterIP: '10.96.0.60' });
    await reserve('10.96.0.61');
    api = apiOver(store);
    for (const clusterIP of ['10.96.0.60', '10.96.0.61'])
      assert.match((await create('x', { clusterIP })).object['message'], /already allocated/);
    await api.delete(`${servicesPath}/web`);
    assert.equal((await create('x', { clusterIP: '10.96.0.60' })).code, 201);
  });
});

describe('a ServiceCIDR', () => {
  test('adds its range at once, and holds on until its controller lets go', async () => {
    assert.match(
      (await create('x', { clusterIP: '10.200.0.5' })).object['message'],
      /does not match the current range/,
    );
    const { object } = await addRange('more', '10.200.0.0/24');
    assert.deepEqual(object['metadata'].finalizers, ['networking.k8s.io/service-cidr-finalizer']);
    assert.equal((await create('x', { clusterIP: '10.200.0.5' })).code, 201);
  });

  test('is used when the first range is full', async () => {
    api = apiOver(store, ['10.0.0.0/30']);
    for (const name of ['a', 'b']) await create(name);
    const full = await create('c');
    assert.equal(full.code, 500);
    assert.match(
      full.object['message'],
      /Internal error occurred: failed to allocate a serviceIP: range is full/,
    );
    await addRange('more', '10.200.0.0/24');
    assert.match((await create('c')).object['spec'].clusterIP, /^10\.200\.0\./);
  });

  test('that is deleted gives no more addresses; those in use stay, and a dry run changes nothing', async () => {
    await addRange('more', '10.200.0.0/24');
    await create('a', { clusterIP: '10.200.0.5' });
    await api.delete(`${rangesPath}/more?dryRun=All`);
    assert.equal((await create('b', { clusterIP: '10.200.0.6' })).code, 201);
    await api.delete(`${rangesPath}/more`);
    assert.match(
      (await create('c', { clusterIP: '10.200.0.7' })).object['message'],
      /does not match the current range/,
    );
    assert.equal((await api.get(`${rangesPath}/more`)).code, 200);
    const kept = await api.patch(`${servicesPath}/a`, '{"spec":{"ports":[{"port":81}]}}');
    assert.equal(kept.object['spec'].clusterIP, '10.200.0.5');
    await api.patch(`${rangesPath}/more`, '{"metadata":{"finalizers":null}}');
    assert.equal((await api.get(`${rangesPath}/more`)).code, 404);
    await addRange('more', '10.200.0.0/24');
    assert.match((await create('c', { clusterIP: '10.200.0.5' })).object['message'], /already allocated/);
    assert.equal((await create('c', { clusterIP: '10.200.0.7' })).code, 201);
  });

  test('that overlaps another shares what is taken, and keeps it usable when the other goes', async () => {
    await addRange('wide', '10.200.0.0/16');
    await addRange('part', '10.200.1.0/24');
    await create('a', { clusterIP: '10.200.1.9' });
    await api.delete(`${rangesPath}/wide`);
    assert.match((await create('b', { clusterIP: '10.200.1.9' })).object['message'], /already allocated/);
    assert.equal((await create('b', { clusterIP: '10.200.1.10' })).code, 201);
    assert.equal((await create('c', { clusterIP: '10.200.2.10' })).code, 422);
  });

  test('leaves the lower part of its range to those who ask for a number', async () => {
    api = apiOver(store, ['10.0.0.0/30']);
    await addRange('more', '10.200.0.0/24');
    for (let i = 0; i < 40; i++) {
      const last = Number((await create(`s${i}`)).object['spec'].clusterIP.split('.').at(-1));
      assert.ok(i < 2 || last > 16, `${last}`);
    }
  });
});

test('whatever is written, exactly the addresses and ports of the Services that are left are taken', async () => {
  const types = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    type: fc.constantFrom(...types),
    does: fc.constantFrom('write', 'write', 'write', 'delete'),
    headless: fc.boolean(),
    policy: fc.constantFrom('SingleStack', 'PreferDualStack', 'RequireDualStack'),
    allocate: fc.boolean(),
    local: fc.boolean(),
    asked: fc.constantFrom(0, 30001, 30002),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      store = openMemory();
      api = apiOver(store, ['10.0.0.0/28', 'fd00::/124']);
      for (const { name, does, type, ...words } of steps) {
        const path = `${servicesPath}/${name}`;
        if (does === 'delete') await api.delete(path);
        else if ((await api.get(path)).code === 404) await create(name, specOf(type, words));
        else await api.patch(path, yaml({ spec: { ...specOf(type, words), clusterIP: undefined } }));
        const left = await objectsIn(store, services)();
        const ips = left.flatMap(({ spec }) => (spec?.clusterIPs ?? []).filter((ip) => ip !== 'None'));
        assert.deepEqual(await addresses(), ips.toSorted());
        assert.equal(new Set(ips).size, ips.length);
      }
      for (const { metadata } of await objectsIn(store, services)())
        await api.delete(`${servicesPath}/${metadata.name}`);
      assert.deepEqual(await addresses(), []);
      const ports = Array.from({ length: 16 }, (_, i) => ({ name: `p${i}`, port: i + 1 }));
      assert.equal((await create('all', { type: 'NodePort', ports })).code, 201, 'every port is free again');
      await store.close();
    }),
    { numRuns: 40 },
  );
});

interface Words {
  headless: boolean;
  policy: string;
  allocate: boolean;
  local: boolean;
  asked: number;
}

function specOf(type: string, { headless, policy, allocate, local, asked }: Words): object {
  const nodePort = asked > 0 && type !== 'ClusterIP' ? { nodePort: asked } : {};
  if (type === 'ExternalName') return { type, externalName: 'example.com' };
  return {
    type,
    ports: [{ port: 80, ...nodePort }],
    ipFamilyPolicy: policy,
    ...(type === 'ClusterIP' && headless && { clusterIP: 'None' }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: allocate }),
    ...(type === 'LoadBalancer' && local && { externalTrafficPolicy: 'Local' }),
  };
}
