/** EndpointSlices as Services, pods and nodes change, through the real API and all controllers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isNotFound } from '../../src/api/errors.ts';
import {
  endpointSlices,
  endpoints,
  events,
  namespaces,
  nodes,
  pods,
  services,
} from '../../src/api/resource.ts';
import type { EndpointSlice } from '../../src/api/types.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);
const started = (plane: ControlPlane) => within(() => plane.client.get(namespaces, 'kube-node-lease'));
const namespace = 'default';
const target = { name: 'web', namespace };
const zone = 'topology.kubernetes.io/zone';
const topologyMode = 'service.kubernetes.io/topology-mode';

const service = (spec: object = {}, metadata: object = {}) => ({
  kind: 'Service',
  metadata: { ...target, ...metadata },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});
const pod = (name: string, nodeName?: string, ports: object[] = []) => ({
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: 'web' } },
  spec: { ...(nodeName && { nodeName }), containers: [{ name: 'c', image: 'nginx', ports }] },
});

const slicesOf = async ({ client }: ControlPlane, name = 'web'): Promise<EndpointSlice[]> =>
  (await client.list(endpointSlices, { labelSelector: `kubernetes.io/service-name=${name}` })).items;

/** `p-a→a`: the pod and the zone that it is for, in order. */
const hints = async (plane: ControlPlane): Promise<string> =>
  (await slicesOf(plane))
    .flatMap((slice) => slice.endpoints ?? [])
    .map((e) => [e.targetRef?.name, ...(e.hints?.forZones ?? []).map(({ name }) => name)].join('→'))
    .sort()
    .join(' ');

const said = async ({ client }: ControlPlane, reason: RegExp): Promise<string[]> =>
  (await client.list(events)).items
    .filter((event) => reason.test(event.reason ?? ''))
    .map(({ involvedObject, reason = '', message = '' }) => `${involvedObject.name} ${reason}: ${message}`)
    .sort();

const inZone = (name: string) => ({ labels: { [zone]: name } });

describe('hints', () => {
  test('come and go with trafficDistribution, and follow a node into another zone', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    await plane.addNode('node-a', inZone('a'));
    await plane.addNode('node-b');
    await plane.create(service(), pod('p-a', 'node-a'), pod('p-b', 'node-b'));
    await within(async () => assert.equal(await hints(plane), 'p-a p-b'));
    const prefer = (trafficDistribution: string | null) =>
      plane.client.patch(services, target, { spec: { trafficDistribution } });
    await prefer('PreferSameZone');
    await within(async () => assert.equal(await hints(plane), 'p-a→a p-b'));
    await plane.client.patch(nodes, { name: 'node-b' }, { metadata: inZone('b') });
    await within(async () => assert.equal(await hints(plane), 'p-a→a p-b→b'));
    await prefer(null);
    await within(async () => assert.equal(await hints(plane), 'p-a p-b'));
  });

  test('share endpoints out to zones by their CPU, and events say whether they do', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    await plane.addNode('node-a', { ...inZone('a'), cpu: '4' });
    await plane.addNode('node-b', { ...inZone('b'), cpu: '4' });
    const annotations = { [topologyMode]: 'Auto' };
    await plane.create(pod('p1', 'node-a'), pod('p2', 'node-a'), pod('p3', 'node-a'), pod('p4', 'node-b'));
    await within(async () => {
      const all = (await plane.client.list(pods)).items;
      assert.ok(all.every(({ status }) => status?.podIP));
    });
    await plane.create(service({}, { annotations }));
    const zones = async () => (await hints(plane)).match(/→./g)?.sort().join('');
    await within(async () => assert.equal(await zones(), '→a→a→b→b'));
    await within(async () =>
      assert.deepEqual(await said(plane, /^TopologyAwareHintsEnabled/), [
        'web TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, addressType: IPv4',
      ]),
    );
    // Nobody knows any more what a zone should have.
    await plane.client.patch(nodes, { name: 'node-b' }, { metadata: { labels: { [zone]: null } } });
    await within(async () => assert.equal(await hints(plane), 'p1 p2 p3 p4'));
    await within(async () =>
      assert.ok(
        (await said(plane, /^TopologyAwareHintsDisabled/)).includes(
          'web TopologyAwareHintsDisabled: Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4',
        ),
      ),
    );
    await plane.client.patch(nodes, { name: 'node-b' }, { metadata: inZone('b') });
    await within(async () => assert.match(await hints(plane), /→b/));
    await plane.client.patch(services, target, { metadata: { annotations: { [topologyMode]: null } } });
    await within(async () => assert.equal(await hints(plane), 'p1 p2 p3 p4'));
    await within(async () =>
      assert.ok(
        (await said(plane, /^TopologyAwareHintsDisabled/)).includes(
          'web TopologyAwareHintsDisabled: Topology Aware Hints has been disabled, addressType: IPv4',
        ),
      ),
    );
  });
});

describe('many endpoints', () => {
  test('are in slices of at most a hundred, of which a change touches one', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    await plane.addNode('node-a');
    await plane.create(service());
    await Promise.all(Array.from({ length: 230 }, (_, i) => plane.create(pod(`p${i}`, 'node-a'))));
    const sizes = async () =>
      (await slicesOf(plane)).map(({ endpoints: all = [] }) => all.length).sort((a, b) => a - b);
    const total = async () => (await sizes()).reduce((sum, size) => sum + size, 0);
    await within(async () => assert.equal(await total(), 230));
    assert.ok((await sizes()).every((size) => size <= 100));
    await within(async () => {
      const ready = (await slicesOf(plane)).flatMap((slice) => slice.endpoints ?? []);
      assert.ok(ready.every(({ conditions }) => conditions?.ready));
    });
    const versions = async () =>
      new Map((await slicesOf(plane)).map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
    const before = await versions();
    await plane.client.delete(pods, { name: 'p7', namespace }, { gracePeriodSeconds: 0 });
    await within(async () => assert.equal(await total(), 229));
    const changed = [...(await versions())].filter(([name, version]) => before.get(name) !== version);
    assert.equal(changed.length, 1);
  });
});

describe('a Service that becomes dual-stack and single-stack again', () => {
  test('gets a second set of slices, and loses it', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    await plane.addNode('node-a');
    await plane.create(service(), pod('p', 'node-a'));
    const families = async () => (await slicesOf(plane)).map(({ addressType }) => addressType).sort();
    await within(async () => assert.deepEqual(await families(), ['IPv4']));
    const become = (ipFamilyPolicy: string) =>
      plane.client.patch(services, target, { spec: { ipFamilyPolicy } });
    await become('PreferDualStack');
    await within(async () => assert.deepEqual(await families(), ['IPv4', 'IPv6']));
    await become('RequireDualStack');
    const { spec } = await become('SingleStack');
    assert.equal(spec?.clusterIPs?.length, 1);
    await within(async () => assert.deepEqual(await families(), ['IPv4']));
  });
});

describe('an EndpointSlice of names', () => {
  test('is kept, and events about it and its Service say that nothing is sent there', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    const metadata = { name: 'names', namespace, labels: { 'kubernetes.io/service-name': 'web' } };
    const endpointsOf = [{ addresses: ['db.example.com'] }];
    await plane.create({ kind: 'EndpointSlice', metadata, addressType: 'FQDN', endpoints: endpointsOf });
    await plane.create({ ...service(), spec: { ports: [{ port: 80 }] } });
    const message =
      'AddressTypeNotServed: nothing is sent to the endpoints of EndpointSlice names: its addressType is FQDN, and only IPv4 and IPv6 are served; a Service of type ExternalName stands for a name';
    await within(async () =>
      assert.deepEqual(await said(plane, /NotServed/), [`names ${message}`, `web ${message}`]),
    );
  });
});

describe('Endpoints that somebody wrote', () => {
  const mirrored = async (plane: ControlPlane) =>
    (await slicesOf(plane))
      .flatMap((slice) => (slice.endpoints ?? []).map((e) => `${e.addresses[0]} ${e.conditions?.ready}`))
      .sort();
  const own = (subsets: object[]) => ({ kind: 'Endpoints', metadata: target, subsets });
  const ports = [{ port: 8080 }];
  const { selector: _, ...selectorless } = service().spec;

  test('may be there before their Service, are mirrored once each, and go with it', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    const { client } = plane;
    await plane.create(
      own([
        { addresses: [{ ip: '10.1.0.1' }], ports },
        { addresses: [{ ip: '10.1.0.1' }], notReadyAddresses: [{ ip: '10.1.0.2' }], ports },
      ]),
    );
    await plane.create({ ...service(), spec: selectorless });
    await within(async () => assert.deepEqual(await mirrored(plane), ['10.1.0.1 true', '10.1.0.2 false']));
    await client.delete(services, target);
    await within(() => assert.rejects(client.get(endpoints, target.name, namespace), isNotFound));
    await within(async () => assert.deepEqual(await mirrored(plane), []));
    // Without a Service that went, they are nobody's to delete.
    await plane.create(own([{ addresses: [{ ip: '10.1.0.3' }], ports }]));
    await plane.create({ ...service(), spec: selectorless });
    await within(async () => assert.deepEqual(await mirrored(plane), ['10.1.0.3 true']));
  });

  test('are mirrored no longer when the Service gets a selector, and again when it loses it', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    await plane.create(
      { ...service(), spec: selectorless },
      own([{ addresses: [{ ip: '10.1.0.1' }], ports }]),
    );
    await within(async () => assert.deepEqual(await mirrored(plane), ['10.1.0.1 true']));
    await plane.client.patch(services, target, { spec: { selector: { app: 'nobody' } } });
    await within(async () => assert.deepEqual(await mirrored(plane), []));
    await plane.client.patch(services, target, { spec: { selector: null } });
    await plane.client.patch(endpoints, target, { subsets: [{ addresses: [{ ip: '10.1.0.4' }], ports }] });
    await within(async () => assert.deepEqual(await mirrored(plane), ['10.1.0.4 true']));
  });
});

describe('own EndpointSlices', () => {
  test('stay as their author wrote them, beside those of the controller', async () => {
    await using plane = new ControlPlane();
    await started(plane);
    await plane.addNode('node-a');
    const metadata = { name: 'mine', namespace, labels: { 'kubernetes.io/service-name': 'web' } };
    const mine = [{ addresses: ['10.1.0.9'] }];
    await plane.create(
      service(),
      { kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints: mine, ports: [{ port: 80 }] },
      pod('p', 'node-a'),
    );
    await within(async () => assert.equal((await slicesOf(plane)).length, 2));
    await plane.client.patch(services, target, { spec: { selector: null } });
    await plane.client.delete(pods, { name: 'p', namespace }, { gracePeriodSeconds: 0 });
    const [own] = (await slicesOf(plane)).filter((slice) => slice.metadata.name === 'mine');
    assert.deepEqual(
      own?.endpoints?.map(({ addresses }) => addresses),
      [['10.1.0.9']],
    );
  });
});
