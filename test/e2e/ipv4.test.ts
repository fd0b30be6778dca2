/** A cluster in which nobody has an IPv6 address but those that links give themselves. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EndpointSlice, Node, Pod, Service } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { fetchFrom } from '../support/http.ts';
import { apply } from '../support/pods.ts';

const isIPv4 = (address: string | undefined) => /^(10|172)(\.\d+){3}$/.test(address ?? '');

describe('a cluster of IPv4 alone', { timeout: 180_000 }, () => {
  let cluster: TestCluster;
  const kubectl = (...args: string[]) => cluster.kubectl(...args);
  const listOf = async <T>(resource: string) =>
    (await cluster.kubectl.json<{ items: T[] }>('get', resource, '-A')).items;
  const made = (name: string, spec: NonNullable<Service['spec']>) =>
    apply(cluster.kubectl, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });

  before(async () => {
    cluster = await startCluster({ name: 'e2e-ipv4', options: ['--ip-family', 'ipv4'] });
    await kubectl('run', 'web', '--image=nginx', '--port=80');
    await kubectl('wait', '--for=condition=Ready', '--timeout=60s', 'pod/web');
    await kubectl('-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=60s');
    await kubectl('expose', 'pod', 'web', '--type=LoadBalancer', '--port=8000', '--target-port=80');
  });
  after(() => cluster?.down());

  test('has nodes, pods, Services and endpoints with one IPv4 address each', async () => {
    for (const { spec, status } of await listOf<Node>('nodes')) {
      const internal = status?.addresses?.filter(({ type }) => type === 'InternalIP') ?? [];
      assert.deepEqual([internal.length, isIPv4(internal[0]?.address), spec?.podCIDRs?.length], [1, true, 1]);
    }
    for (const { status } of await listOf<Pod>('pods'))
      assert.deepEqual([status?.podIPs?.length, isIPv4(status?.podIP)], [1, true]);
    for (const { spec } of await listOf<Service>('services')) assert.deepEqual(spec?.ipFamilies, ['IPv4']);
    for (const { addressType } of await listOf<EndpointSlice>('endpointslices'))
      assert.equal(addressType, 'IPv4');
    assert.match(
      await kubectl('get', 'servicecidrs', '-o', 'jsonpath={.items[*].spec.cidrs}'),
      /^\["10.96.0.0\/12"\]$/,
    );
    const global = ['ip', '-6', '-o', 'address', 'show', 'scope', 'global'];
    assert.equal(await cluster.inNode('e2e-ipv4-1', ...global), '');
    assert.equal(await cluster.onLan(...global), '');
  });

  test('has two pods of DNS on its one node', async () => {
    const pods = [
      '-n',
      'kube-system',
      'get',
      'endpoints',
      'kube-dns',
      '-o',
      'jsonpath={.subsets[*].addresses[*].ip}',
    ];
    assert.equal(new Set((await kubectl(...pods)).split(' ')).size, 2);
  });

  test('answers by names, at node ports and at the address of a load balancer', async () => {
    const { spec, status } = await eventually(async () => {
      const service = await cluster.kubectl.json<Service>('get', 'service', 'web');
      assert.equal(service.status?.loadBalancer?.ingress?.length, 1);
      return service;
    });
    // Its own name alone would be in its own /etc/hosts.
    const byName = ['exec', 'web', '--', 'curl', '-sS', '--max-time', '5', 'http://web.default:8000'];
    await eventually(async () => assert.match(await kubectl(...byName), /Welcome to nginx/));
    const address = status?.loadBalancer?.ingress?.[0]?.ip ?? '';
    assert.ok(isIPv4(address));
    const nodePort = spec?.ports?.[0]?.nodePort ?? 0;
    for (const [netns, host, port] of [
      [cluster.lanNetns, address, 8000],
      [cluster.lanNetns, cluster.record().nodes[0]?.addresses[0] ?? '', nodePort],
      [undefined, cluster.hostAddress, nodePort],
    ] as const)
      await eventually(async () =>
        assert.match((await fetchFrom(netns, host, port)).body, /Welcome to nginx/),
      );
  });

  test('refuses IPv6 in the words of Kubernetes', async () => {
    await assert.rejects(
      made('six', { ipFamilies: ['IPv6'], ports: [{ port: 80 }] }),
      /spec.ipFamilies\[0\]: Invalid value: "IPv6": not configured on this cluster/,
    );
    await assert.rejects(
      made('both', { ipFamilyPolicy: 'RequireDualStack', ports: [{ port: 80 }] }),
      /this cluster is not configured for dual-stack services/,
    );
  });
});
