/** LoadBalancer addresses through the real API and all controllers: given, kept, shared, asked for, taken back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isConflict } from '../../src/api/errors.ts';
import { events, namespaces, services } from '../../src/api/resource.ts';
import type { Service } from '../../src/api/types.ts';
import { openMemory } from '../../src/store/index.ts';
import { ControlPlane } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const within = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 10);
const namespace = 'default';
const small = { config: { loadBalancerPools: ['172.30.15.1-172.30.15.2', 'fd30::f:0/112'] } };

const started = async (options: ConstructorParameters<typeof ControlPlane>[0] = {}) => {
  const plane = new ControlPlane(options);
  await within(() => plane.client.get(namespaces, namespace));
  return plane;
};

const balanced = (name: string, spec: object = {}, annotations: object = {}) => ({
  kind: 'Service',
  metadata: { name, namespace, annotations },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});

const ingressOf = async ({ client }: ControlPlane, name: string) =>
  (await client.get(services, name, namespace)).status?.loadBalancer?.ingress ?? [];

const addressesOf = async (plane: ControlPlane, name: string) =>
  (await ingressOf(plane, name)).map(({ ip }) => ip);

const has = (plane: ControlPlane, name: string, ...ips: string[]) =>
  within(async () => assert.deepEqual(await addressesOf(plane, name), ips, name));

const patch = ({ client }: ControlPlane, name: string, change: object) =>
  client.patch(services, { name, namespace }, change);

const told = (plane: ControlPlane, name: string, reason: string, message: RegExp) =>
  within(async () => {
    const { items } = await plane.client.list(events);
    const about = items.filter((event) => event.involvedObject.name === name && event.reason === reason);
    assert.ok(
      about.some((event) => message.test(event.message ?? '')),
      `${reason} of ${name}: ${about.map((event) => event.message).join(' | ')}`,
    );
  });

describe('a Service of type LoadBalancer', () => {
  test('gets the lowest free addresses, as VIPs, and an event', async () => {
    await using plane = await started();
    await plane.create(balanced('web', { ipFamilyPolicy: 'PreferDualStack' }));
    await has(plane, 'web', '172.30.15.1', 'fd30::f:1');
    const modes = (await ingressOf(plane, 'web')).map(({ ipMode }) => ipMode);
    assert.deepEqual(modes, ['VIP', 'VIP']);
    await told(plane, 'web', 'IPAllocated', /^Assigned IP \["172\.30\.15\.1","fd30::f:1"\]$/);
  });

  test('keeps its address when the control plane is another one', async () => {
    const store = openMemory();
    const first = await started({ store });
    await first.create(balanced('a'));
    await has(first, 'a', '172.30.15.1');
    await first.create(balanced('b'));
    await has(first, 'b', '172.30.15.2');
    await first.client.delete(services, { name: 'a', namespace });
    first.abandon();
    await using plane = await started({ store });
    await plane.create(balanced('c'));
    await has(plane, 'c', '172.30.15.1');
    await has(plane, 'b', '172.30.15.2');
  });

  test('gives it back when its type changes, and the one that waits longest gets it', async () => {
    await using plane = await started(small);
    await plane.create(balanced('a'), balanced('b'));
    await within(async () =>
      assert.deepEqual([await addressesOf(plane, 'a'), await addressesOf(plane, 'b')].flat().sort(), [
        '172.30.15.1',
        '172.30.15.2',
      ]),
    );
    await plane.create(balanced('late'));
    await told(
      plane,
      'late',
      'AllocationFailed',
      /no address is free in the pool 172\.30\.15\.1-172\.30\.15\.2/,
    );
    const [free = ''] = await addressesOf(plane, 'a');
    await patch(plane, 'a', { spec: { type: 'NodePort' } });
    assert.deepEqual(await ingressOf(plane, 'a'), []);
    await has(plane, 'late', free);
    await told(plane, 'a', 'IPReleased', /^Released IP/);
    await patch(plane, 'a', { spec: { type: 'LoadBalancer' } });
    await told(plane, 'a', 'AllocationFailed', /no address is free/);
    await plane.client.delete(services, { name: 'b', namespace });
    await within(async () => assert.equal((await addressesOf(plane, 'a')).length, 1));
  });

  test('of another class is left alone, and of ours is served', async () => {
    await using plane = await started();
    await plane.create(
      balanced('far', { loadBalancerClass: 'example.com/lb' }),
      balanced('near', { loadBalancerClass: 'switchboard.dev/lan' }),
    );
    await within(async () => assert.equal((await addressesOf(plane, 'near')).length, 1));
    assert.deepEqual(await ingressOf(plane, 'far'), []);
    const far = await plane.client.get(services, 'far', namespace);
    const status = { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } };
    await plane.client.update(services, { ...far, status }, 'status');
    await patch(plane, 'far', { metadata: { labels: { touched: 'yes' } } });
    await plane.create(balanced('after'));
    await within(async () => assert.equal((await addressesOf(plane, 'after')).length, 1));
    assert.deepEqual(await ingressOf(plane, 'far'), [{ hostname: 'lb.example.com' }]);
  });

  test('whose class changes, by way of another type, gives its address back', async () => {
    await using plane = await started();
    await plane.create(balanced('web'));
    await within(async () => assert.equal((await addressesOf(plane, 'web')).length, 1));
    const [free = ''] = await addressesOf(plane, 'web');
    await patch(plane, 'web', { spec: { type: 'ClusterIP' } });
    await patch(plane, 'web', { spec: { type: 'LoadBalancer', loadBalancerClass: 'example.com/lb' } });
    await plane.create(balanced('next', { loadBalancerIP: free }));
    await has(plane, 'next', free);
    assert.deepEqual(await ingressOf(plane, 'web'), []);
  });

  test('that becomes dual-stack and single again gets and gives the second address', async () => {
    await using plane = await started();
    await plane.create(balanced('web'));
    await within(async () => assert.equal((await addressesOf(plane, 'web')).length, 1));
    const first = await addressesOf(plane, 'web');
    await patch(plane, 'web', { spec: { ipFamilyPolicy: 'RequireDualStack' } });
    await within(async () => assert.match(String(await addressesOf(plane, 'web')), /,fd30::f:/));
    await patch(plane, 'web', { spec: { ipFamilyPolicy: 'SingleStack' } });
    await within(async () => assert.deepEqual(await addressesOf(plane, 'web'), first));
    await told(plane, 'web', 'IPReleased', /fd30::f:/);
  });
});

describe('a requested address', () => {
  test('is granted, followed, and refused with the reason', async () => {
    await using plane = await started();
    const annotation = 'switchboard.dev/load-balancer-ips';
    await plane.create(balanced('web', { loadBalancerIP: '172.30.15.77' }));
    await has(plane, 'web', '172.30.15.77');
    await patch(plane, 'web', { spec: { loadBalancerIP: '172.30.15.78' } });
    await has(plane, 'web', '172.30.15.78');
    await plane.create(balanced('other', {}, { [annotation]: '172.30.15.78' }));
    await told(plane, 'other', 'AllocationFailed', /172\.30\.15\.78 is taken by default\/web: to share it/);
    assert.deepEqual(await ingressOf(plane, 'other'), []);
    await patch(plane, 'web', { spec: { loadBalancerIP: '172.30.15.79' } });
    await has(plane, 'other', '172.30.15.78');
    await patch(plane, 'other', { metadata: { annotations: { [annotation]: '10.1.1.1' } } });
    await told(plane, 'other', 'AllocationFailed', /10\.1\.1\.1 is in no pool/);
    await has(plane, 'other');
    await patch(plane, 'other', { metadata: { annotations: { [annotation]: 'fd30::f:9' } } });
    await told(plane, 'other', 'AllocationFailed', /add IPv6 to spec\.ipFamilies/);
    await patch(plane, 'other', { metadata: { annotations: { [annotation]: null } } });
    await within(async () => assert.equal((await addressesOf(plane, 'other')).length, 1));
  });
});

describe('Services with one sharing key', () => {
  const sharing = { 'switchboard.dev/allow-shared-ip': 'edge' };

  test('have one address, and part when their ports meet', async () => {
    await using plane = await started();
    await plane.create(balanced('web', { loadBalancerIP: '172.30.15.9' }, sharing));
    await has(plane, 'web', '172.30.15.9');
    await plane.create(balanced('tls', { ports: [{ port: 443 }] }, sharing));
    await has(plane, 'tls', '172.30.15.9');
    await patch(plane, 'tls', { spec: { ports: [{ port: 80 }] } });
    await within(async () => assert.notDeepEqual(await addressesOf(plane, 'tls'), ['172.30.15.9']));
    await told(plane, 'tls', 'IPReleased', /172\.30\.15\.9 is taken by default\/web: both have port 80\/TCP/);
    await has(plane, 'web', '172.30.15.9');
  });
});

describe('no address is ever given twice', () => {
  test('when many Services ask for the same few at once, and change while they are answered', async () => {
    await using plane = await started({ config: { loadBalancerPools: ['172.30.15.1-172.30.15.20'] } });
    const seen: string[] = [];
    const owners = new Map<string, string>();
    plane.informers.of(services).onChange((now, before) => {
      const { name } = (now ?? (before as Service)).metadata;
      for (const [address, owner] of owners) if (owner === name) owners.delete(address);
      for (const { ip = '' } of now?.status?.loadBalancer?.ingress ?? []) {
        if (owners.has(ip)) seen.push(`${ip} of ${owners.get(ip)} and ${name}`);
        owners.set(ip, name);
      }
    });
    const names = Array.from({ length: 30 }, (_, i) => `s${i}`);
    await Promise.all(
      names.map(async (name, i) => {
        await plane.create(balanced(name, i % 3 === 0 ? { loadBalancerIP: `172.30.15.${1 + (i % 4)}` } : {}));
        for (let round = 0; round < 6; round++) {
          const isEven = (round + i) % 2 === 0;
          const spec = isEven
            ? { type: 'ClusterIP' }
            : { type: 'LoadBalancer', ports: [{ port: 80 + round }] };
          await patch(plane, name, { spec }).catch((err: unknown) => {
            if (!isConflict(err)) throw err;
          });
        }
        if (i % 5 === 0) await plane.client.delete(services, { name, namespace });
        else await patch(plane, name, { spec: { type: 'LoadBalancer', loadBalancerIP: '' } });
      }),
    );
    await within(async () => {
      const { items } = await plane.client.list(services, { namespace });
      const given = items.flatMap(({ status }) => status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
      assert.equal(new Set(given).size, 20);
      assert.equal(given.length, 20);
    });
    assert.deepEqual(seen, []);
  });

  test('when somebody writes a taken one into a status by hand', async () => {
    await using plane = await started();
    await plane.create(balanced('a', { loadBalancerIP: '172.30.15.5' }), balanced('b'));
    await has(plane, 'a', '172.30.15.5');
    await within(async () => assert.equal((await addressesOf(plane, 'b')).length, 1));
    const b = await plane.client.get(services, 'b', namespace);
    const status = { loadBalancer: { ingress: [{ ip: '172.30.15.5', ipMode: 'VIP' }] } };
    await plane.client.update(services, { ...b, status }, 'status');
    await within(async () => assert.notDeepEqual(await addressesOf(plane, 'b'), ['172.30.15.5']));
    await has(plane, 'a', '172.30.15.5');
  });
});
