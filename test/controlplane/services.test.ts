/** The addresses of Services, mirrored Endpoints, and what people are told, through the real API and all controllers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isNotFound, StatusError } from '../../src/api/errors.ts';
import {
  endpointSlices,
  endpoints,
  events,
  ipAddresses,
  pods,
  type Resource,
  serviceCIDRs,
  services,
} from '../../src/api/resource.ts';
import type { KubeObject } from '../../src/api/types.ts';
import { patienceMs } from '../../src/controllers/endpointslice/unmatched.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openMemory } from '../../src/store/index.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);
const service = (name: string, spec: object = {}, metadata: object = {}) => ({
  kind: 'Service',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { ports: [{ port: 80 }], ...spec },
});
const range = (name: string, ...cidrs: string[]) => ({
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs },
});

const isGone = <T extends KubeObject>(
  plane: ControlPlane,
  resource: Resource<T>,
  name: string,
  namespace?: string,
) => within(() => assert.rejects(plane.client.get(resource, name, namespace), isNotFound));

const ready = (plane: ControlPlane, name: string) =>
  within(async () => {
    const { status } = await plane.client.get(serviceCIDRs, name);
    const condition = status?.conditions?.find(({ type }) => type === 'Ready');
    assert.ok(condition);
    return condition;
  });

/** Waits for an event about the object. */
const told = (plane: ControlPlane, name: string, reason: string) =>
  within(async () => {
    const { items } = await plane.client.list(events);
    const found = items.find((event) => event.reason === reason && event.involvedObject.name === name);
    assert.ok(found, `${reason} of ${name}`);
    return found;
  });

describe('the ServiceCIDR kubernetes', () => {
  test('is there with the configured ranges, Ready, and stays while the API’s own Service has an address of it', async () => {
    await using plane = new ControlPlane();
    const condition = await ready(plane, 'kubernetes');
    assert.deepEqual([condition.status, condition.message], ['True', 'Kubernetes Service CIDR is ready']);
    const { spec, metadata } = await plane.client.get(serviceCIDRs, 'kubernetes');
    assert.deepEqual(spec?.cidrs, ['10.96.0.0/12', 'fd96::/112']);
    assert.deepEqual(metadata.finalizers, ['networking.k8s.io/service-cidr-finalizer']);
    await within(() => plane.client.get(ipAddresses, '10.96.0.1'));
    await plane.client.delete(serviceCIDRs, { name: 'kubernetes' });
    await within(async () => assert.equal((await ready(plane, 'kubernetes')).reason, 'Terminating'));
    const refused = plane.create(service('web'));
    await assert.rejects(refused, /range is full/);
  });
});

describe('a cluster that becomes dual-stack', () => {
  test('gets its second range in the ServiceCIDR that is there', async () => {
    const store = openMemory();
    const single = new ControlPlane({ store, config: { serviceCIDRs: ['10.96.0.0/12'] } });
    await ready(single, 'kubernetes');
    single.abandon();
    await using plane = new ControlPlane({ store });
    await within(async () => {
      const { spec } = await plane.client.get(serviceCIDRs, 'kubernetes');
      assert.deepEqual(spec?.cidrs, ['10.96.0.0/12', 'fd96::/112']);
    });
    await plane.create(service('web', { ipFamilyPolicy: 'RequireDualStack' }));
  });

  test('is told when its ranges are others', async () => {
    await using plane = new ControlPlane({ config: { serviceCIDRs: ['10.96.0.0/12'] } });
    await ready(plane, 'kubernetes');
    const [first] = (await plane.client.list(serviceCIDRs)).items;
    assert.deepEqual(first?.spec?.cidrs, ['10.96.0.0/12']);
    await plane.client.patch(
      serviceCIDRs,
      { name: 'kubernetes' },
      { spec: { cidrs: ['10.96.0.0/12', 'fd00::/112'] } },
    );
    await told(plane, 'kubernetes', 'KubernetesDefaultServiceCIDRInconsistent');
  });
});

describe('another ServiceCIDR', () => {
  test('waits when it is deleted until its last address is free', async () => {
    await using plane = new ControlPlane();
    await ready(plane, 'kubernetes');
    await plane.create(range('more', '10.200.0.0/24'));
    await ready(plane, 'more');
    await plane.create(service('web', { clusterIP: '10.200.0.9' }));
    await plane.client.delete(serviceCIDRs, { name: 'more' });
    await within(async () => assert.equal((await ready(plane, 'more')).status, 'False'));
    await assert.rejects(plane.create(service('late', { clusterIP: '10.200.0.10' })), StatusError);
    await plane.client.delete(services, { name: 'web', namespace: 'default' });
    await isGone(plane, serviceCIDRs, 'more');
  });

  test('that covers the addresses lets a deleted one go', async () => {
    await using plane = new ControlPlane();
    await ready(plane, 'kubernetes');
    await plane.create(range('part', '10.200.1.0/24'));
    await plane.create(service('web', { clusterIP: '10.200.1.9' }));
    await plane.client.delete(serviceCIDRs, { name: 'part' });
    await within(async () => assert.equal((await ready(plane, 'part')).status, 'False'));
    await plane.create(range('wide', '10.200.0.0/16'));
    await isGone(plane, serviceCIDRs, 'part');
  });
});

describe('what differs is repaired', () => {
  test('an IPAddress that was deleted under its Service comes back, with an event', async () => {
    await using plane = new ControlPlane();
    await ready(plane, 'kubernetes');
    await plane.create(service('web', { clusterIP: '10.96.0.70' }));
    const { metadata } = await plane.client.get(ipAddresses, '10.96.0.70');
    await plane.client.delete(ipAddresses, { name: '10.96.0.70' });
    await within(async () => {
      const again = await plane.client.get(ipAddresses, '10.96.0.70');
      assert.notEqual(again.metadata.uid, metadata.uid);
      assert.deepEqual(again.spec?.parentRef, { resource: 'services', namespace: 'default', name: 'web' });
    });
    const { message } = await told(plane, 'web', 'ClusterIPNotAllocated');
    assert.equal(message, 'Cluster IP [IPv4]: 10.96.0.70 is not allocated; repairing');
  });

  test('a store whose Services have no IPAddress gets them; a leaked one goes', async () => {
    const store = openMemory();
    const first = new ControlPlane({ store });
    await ready(first, 'kubernetes');
    await first.create(service('web', { clusterIP: '10.96.0.71' }));
    first.abandon();
    // As an older release, or a restored backup, left it.
    const own = await store.get('/networking.k8s.io/ipaddresses/10.96.0.71');
    assert.ok(own);
    await store.delete(own.key, own.revision);
    const leaked = structuredClone(own.object) as KubeObject & { spec: { parentRef: { name: string } } };
    leaked.metadata.name = '10.96.0.72';
    leaked.spec.parentRef.name = 'gone';
    await store.put('/networking.k8s.io/ipaddresses/10.96.0.72', leaked, 0);

    await using plane = new ControlPlane({ store });
    await within(() => plane.client.get(ipAddresses, '10.96.0.71'));
    await isGone(plane, ipAddresses, '10.96.0.72');
    const { message } = await told(plane, '10.96.0.72', 'IPAddressNotAllocated');
    assert.match(message ?? '', /for Service default\/gone appears to have leaked: cleaning up/);
    await plane.create(service('next', { clusterIP: '10.96.0.72' }));
  });

  test('nothing is said and nothing made again when many Services come and go', async () => {
    await using plane = new ControlPlane();
    await ready(plane, 'kubernetes');
    await within(() => plane.client.get(ipAddresses, '10.96.0.1'));
    const names = Array.from({ length: 60 }, (_, i) => `s${i}`);
    await Promise.all(
      names.map((name) => plane.create(service(name, { ipFamilyPolicy: 'PreferDualStack' }))),
    );
    assert.equal((await plane.client.list(ipAddresses)).items.length, 121);
    await Promise.all(names.map((name) => plane.client.delete(services, { name, namespace: 'default' })));
    await within(async () => assert.equal((await plane.client.list(ipAddresses)).items.length, 1));
    const reasons = (await plane.client.list(events)).items.map(({ reason }) => reason);
    assert.deepEqual(
      reasons.filter((reason) => /ClusterIP|IPAddress/.test(reason ?? '')),
      [],
    );
  });
});

describe('Endpoints of a Service without selector', () => {
  test('are mirrored into slices, followed, and gone with them', async () => {
    await using plane = new ControlPlane();
    await ready(plane, 'kubernetes');
    const { client } = plane;
    await plane.create(service('db'), {
      kind: 'Endpoints',
      metadata: { name: 'db', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '10.0.0.5' }], ports: [{ port: 5432 }] }],
    });
    const addresses = async () => {
      const { items } = await client.list(endpointSlices, {
        labelSelector:
          'kubernetes.io/service-name=db,endpointslice.kubernetes.io/managed-by=endpointslicemirroring-controller.k8s.io',
      });
      return items.flatMap((slice) => (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses));
    };
    await within(async () => assert.deepEqual(await addresses(), ['10.0.0.5']));
    const target = { name: 'db', namespace: 'default' };
    await client.patch(endpoints, target, {
      subsets: [{ addresses: [{ ip: '10.0.0.6' }, { ip: 'fd00::6' }], ports: [{ port: 5432 }] }],
    });
    await within(async () => assert.deepEqual((await addresses()).sort(), ['10.0.0.6', 'fd00::6']));
    await client.patch(endpoints, target, {
      metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    });
    await within(async () => assert.deepEqual(await addresses(), []));
    await client.patch(endpoints, target, {
      metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': null } },
    });
    await within(async () => assert.equal((await addresses()).length, 2));
    await client.delete(endpoints, target);
    await within(async () => assert.deepEqual(await addresses(), []));
  });
});

describe('people are told', () => {
  test('of annotations that nothing here acts upon', async () => {
    await using plane = new ControlPlane();
    await ready(plane, 'kubernetes');
    const annotations = { 'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb' };
    await plane.create(service('web', { type: 'LoadBalancer' }, { annotations }));
    const { message } = await told(plane, 'web', 'IgnoredAnnotations');
    assert.match(message ?? '', /aws-load-balancer-type/);
  });

  test('of a selector that matches nothing, and of a targetPort that no pod has, after half a minute', async () => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => Date.now() + ahead, sleep: sleepOf(() => ahead) };
    await using plane = new ControlPlane({ clock });
    await ready(plane, 'kubernetes');
    await plane.create(
      service('nobody', { selector: { app: 'nobody' } }),
      service('asleep', { selector: { app: 'asleep' } }),
      {
        kind: 'Deployment',
        apiVersion: 'apps/v1',
        metadata: { name: 'asleep', namespace: 'default' },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'asleep' } },
          template: {
            metadata: { labels: { app: 'asleep' } },
            spec: { containers: [{ name: 'c', image: 'nginx' }] },
          },
        },
      },
      {
        kind: 'Pod',
        metadata: { name: 'p', namespace: 'default', labels: { app: 'web' } },
        spec: { containers: [{ name: 'c', image: 'nginx' }] },
      },
      service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] }),
    );
    const { items } = await plane.client.list(events);
    assert.ok(!items.some(({ reason }) => reason === 'NoMatchingPods'));
    ahead = patienceMs + 1000;
    assert.equal(
      (await told(plane, 'nobody', 'NoMatchingPods')).message,
      'the selector app=nobody matches no pod',
    );
    assert.match((await told(plane, 'web', 'NoSuchTargetPort')).message ?? '', /a port named "http"/);
    const { items: all } = await plane.client.list(events);
    assert.ok(!all.some(({ involvedObject }) => involvedObject?.name === 'asleep'), 'scaled to nothing');
  });

  test('of a targetPort that pods had and those that came after have not', async () => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => Date.now() + ahead, sleep: sleepOf(() => ahead) };
    await using plane = new ControlPlane({ clock });
    await ready(plane, 'kubernetes');
    const podWith = (name: string, port: string) => ({
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'nginx', ports: [{ name: port, containerPort: 80 }] }] },
    });
    const spec = { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] };
    await plane.create(podWith('old', 'http'), service('web', spec));
    ahead = patienceMs + 1000;
    await plane.create(podWith('new', 'www'));
    await plane.client.delete(pods, { name: 'old', namespace: 'default' });
    ahead += patienceMs + 1000;
    assert.match((await told(plane, 'web', 'NoSuchTargetPort')).message ?? '', /a port named "http"/);
  });
});

/** Sleeps end early when the clock is put ahead. */
const sleepOf = (ahead: () => number) => async (ms: number, signal?: AbortSignal) => {
  const end = Date.now() + ahead() + ms;
  while (!signal?.aborted && Date.now() + ahead() < end)
    await systemClock.sleep(Math.min(20, Math.max(1, end - Date.now() - ahead())), signal);
};
