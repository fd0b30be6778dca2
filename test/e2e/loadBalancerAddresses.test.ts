/** Addresses of Services of type LoadBalancer, as people ask for them and see them: the real kubectl, pools by option. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Event, Service } from '../../src/api/types.ts';
import { startCluster, switchboard, type TestCluster } from '../support/cluster.ts';
import { rowsOf } from '../support/columns.ts';
import { eventually } from '../support/eventually.ts';
import { backAgain, killHard } from '../support/faults.ts';
import { asking } from '../support/https.ts';

const name = 'e2e-lb-addresses';
/** The Ingress controller's Service has the first. */
const pools = [
  ...['--load-balancer-pool', '192.168.77.10-192.168.77.14'],
  ...['--load-balancer-pool', 'fd77::/124'],
];

let cluster: TestCluster;
const kubectl = (...args: string[]) => cluster.kubectl(...args);
const apply = (...items: object[]) =>
  cluster.kubectl.input(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), 'apply', '-f', '-');
const service = (name: string, spec: object = {}, annotations: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, annotations },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});
const patch = (name: string, spec: object) =>
  kubectl('patch', 'service', name, '--type=merge', '-p', JSON.stringify({ spec }));
const row = async (name: string) => rowsOf(await kubectl('get', 'service', name))[0] ?? {};
const shows = (name: string, externalIP: string) =>
  eventually(async () => assert.equal((await row(name))['EXTERNAL-IP'], externalIP, name));
const told = (name: string, reason: string, message: RegExp) =>
  eventually(async () => {
    const { items } = await cluster.kubectl.json<{ items: Event[] }>(
      ...['get', 'events', '--field-selector', `involvedObject.name=${name},reason=${reason}`],
    );
    const said = items.map((event) => event.message ?? '');
    assert.ok(
      said.some((text) => message.test(text)),
      `${name} ${reason}: ${said.join(' | ')}`,
    );
  });
const gone = (...names: string[]) => kubectl('delete', 'service', ...names);

before(async () => {
  cluster = await startCluster({ name, options: pools });
});
after(() => cluster?.down());

describe('LoadBalancer addresses', { timeout: 200_000 }, () => {
  test('come to a Service that kubectl expose makes', async () => {
    await kubectl('create', 'deployment', 'web', '--image=busybox', '--replicas=0', '--', 'sleep', '600');
    await kubectl('expose', 'deployment', 'web', '--port=80', '--type=LoadBalancer');
    await shows('web', '192.168.77.11');
    const { status } = await cluster.kubectl.json<Service>('get', 'service', 'web');
    assert.deepEqual(status?.loadBalancer?.ingress, [{ ip: '192.168.77.11', ipMode: 'VIP' }]);
    await told('web', 'IPAllocated', /^Assigned IP \["192\.168\.77\.11"\]$/);
    const described = await kubectl('describe', 'service', 'web');
    assert.match(described, /LoadBalancer Ingress: +192\.168\.77\.11/);
  });

  test('stay when the control plane is killed and comes back', async () => {
    const killed = await killHard(cluster, 'controlplane');
    await backAgain(cluster, 'controlplane', killed, () => kubectl('get', '--raw', '/readyz'), 60_000);
    await apply(service('next'));
    await shows('next', '192.168.77.12');
    await shows('web', '192.168.77.11');
    await gone('web', 'next');
  });

  test('are of each family of the Service', async () => {
    await apply(service('both', { ipFamilyPolicy: 'RequireDualStack' }));
    await shows('both', '192.168.77.11,fd77::1');
    await apply(service('six', { ipFamilies: ['IPv6'] }));
    await shows('six', 'fd77::2');
    await patch('both', { ipFamilyPolicy: 'SingleStack' });
    await shows('both', '192.168.77.11');
    await gone('both', 'six');
  });

  test('can be asked for, and a request that cannot be met is answered by an event', async () => {
    await apply(service('asked', { loadBalancerIP: '192.168.77.14' }));
    await shows('asked', '192.168.77.14');
    const request = (ips: string) =>
      kubectl('annotate', '--overwrite', 'service', 'other', `switchboard.dev/load-balancer-ips=${ips}`);
    await apply(service('other', { ipFamilyPolicy: 'PreferDualStack' }));
    await request('fd77::e,192.168.77.13');
    await shows('other', '192.168.77.13,fd77::e');
    await request('192.168.77.14');
    await told(
      'other',
      'AllocationFailed',
      /^192\.168\.77\.14 is taken by default\/asked: to share it, give both/,
    );
    await request('192.168.78.1');
    await told(
      'other',
      'AllocationFailed',
      /^192\.168\.78\.1 is in no pool: ask for one of 192\.168\.77\.10-/,
    );
    await request('192.168.77.11,192.168.77.12');
    await told('other', 'AllocationFailed', /are of one family/);
    await shows('other', '<pending>');
    await apply(service('four', { loadBalancerIP: 'fd77::3' }));
    await told('four', 'AllocationFailed', /add IPv6 to spec\.ipFamilies, or ask for an address of IPv4/);
    await shows('four', '<pending>');
    await gone('asked', 'other', 'four');
  });

  test('are shared by Services with one key and different ports', async () => {
    const sharing = { 'switchboard.dev/allow-shared-ip': 'edge' };
    const dns = (protocol: string) => ({ ports: [{ port: 53, protocol }], loadBalancerIP: '192.168.77.12' });
    await apply(service('dns-udp', dns('UDP'), sharing), service('dns-tcp', dns('TCP'), sharing));
    await shows('dns-udp', '192.168.77.12');
    await shows('dns-tcp', '192.168.77.12');
    await apply(service('alone', dns('SCTP')), service('again', dns('TCP'), sharing));
    await told(
      'alone',
      'AllocationFailed',
      /taken by default\/dns-.* annotation switchboard\.dev\/allow-shared-ip/,
    );
    await told('again', 'AllocationFailed', /taken by default\/dns-tcp: both have port 53\/TCP/);
    await gone('dns-tcp');
    await shows('again', '192.168.77.12');
    const local = { ...dns('SCTP'), externalTrafficPolicy: 'Local', selector: { app: 'else' } };
    await apply(service('local', local, sharing));
    await told('local', 'AllocationFailed', /need the same selector/);
    await gone('dns-udp', 'again', 'alone', 'local');
  });

  test('that are used up are waited for, and changes of type give them back', async () => {
    await apply(...['a', 'b', 'c', 'd'].map((name) => service(name)));
    for (const name of ['a', 'b', 'c', 'd'])
      await eventually(async () =>
        assert.match((await row(name))['EXTERNAL-IP'] ?? '', /^192\.168\.77\.1[1-4]$/),
      );
    await apply(service('late'));
    await told(
      'late',
      'AllocationFailed',
      /^no address is free in the pool 192\.168\.77\.10-192\.168\.77\.14: delete/,
    );
    await shows('late', '<pending>');
    const ip = (await row('b'))['EXTERNAL-IP'] ?? '';
    await patch('b', { type: 'ClusterIP' });
    await shows('late', ip);
    await shows('b', '<none>');
    await told('b', 'IPReleased', /^Released IP/);
    await patch('b', { type: 'LoadBalancer' });
    await told('b', 'AllocationFailed', /no address is free/);
    await patch('c', { type: 'ExternalName', externalName: 'example.org' });
    await eventually(async () =>
      assert.match((await row('b'))['EXTERNAL-IP'] ?? '', /^192\.168\.77\.1[1-4]$/),
    );
    await gone('a', 'b', 'c', 'd', 'late');
  });

  test('are not given to a Service of a class that somebody else serves', async () => {
    await apply(
      service('far', { loadBalancerClass: 'example.com/lb' }),
      service('near', { loadBalancerClass: 'switchboard.dev/lan' }),
    );
    await shows('near', '192.168.77.11');
    await shows('far', '<pending>');
    const status = JSON.stringify({
      status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } },
    });
    // `kubectl patch --subresource` came with 1.24.
    const path = '/api/v1/namespaces/default/services/far/status';
    const { code } = await asking(cluster.kubeconfig)('PATCH', path, status, 'application/merge-patch+json');
    assert.equal(code, 200);
    await kubectl('label', 'service', 'far', 'touched=yes');
    await gone('near');
    await shows('far', 'lb.example.com');
    await gone('far');
  });

  test('of a pool beyond the LAN are on the LAN for whoever stands there', async () => {
    await kubectl('create', 'deployment', 'site', '--image=nginx');
    await apply(service('site', { selector: { app: 'site' }, ipFamilyPolicy: 'RequireDualStack' }));
    await kubectl('rollout', 'status', 'deployment/site', '--timeout=60s');
    await shows('site', '192.168.77.11,fd77::1');
    for (const address of ['192.168.77.11', '[fd77::1]']) {
      const get = ['curl', '-s', '-m', '2', `http://${address}/`];
      await eventually(async () => assert.match(await cluster.onLan(...get), /Welcome to nginx/));
      await eventually(async () =>
        assert.match(await cluster.inNode(`${name}-1`, ...get), /Welcome to nginx/),
      );
    }
  });
});

describe('switchboard up', { timeout: 60_000 }, () => {
  const up = async (cluster: string, ...options: string[]) => {
    const { code, stderr } = await switchboard('up', '--hermetic', '--name', cluster, ...options);
    return { code, said: stderr.trim().split('\n').at(-1) ?? '' };
  };

  test('keeps the pools of a cluster, and does not change them', async () => {
    const access = ['--kubeconfig', cluster.kubeconfig];
    assert.equal((await up(name, ...access)).code, 0);
    assert.equal((await up(name, ...access, ...pools)).code, 0);
    const { code, said } = await up(name, ...access, '--load-balancer-pool', '192.168.79.0/24');
    assert.equal(code, 1);
    assert.match(said, /Cannot change the pools of cluster e2e-lb-addresses, which are 192\.168\.77\.10-/);
  });

  test('refuses a pool that is none, or that somebody else has', async () => {
    for (const [pool, why] of [
      ['lan', /Cannot use lan for LoadBalancer addresses: it is neither a range such as/],
      ['10.244.0.0/24', /addresses of 10\.244\.0\.0\/16 are of pods/],
      ['127.0.0.0/24', /loopback/],
    ] as const) {
      const { code, said } = await up('e2e-lb-addresses-no', '--load-balancer-pool', pool);
      assert.equal(code, 1);
      assert.match(said, why);
    }
  });
});
