/** `switchboard proxy` on a machine that nothing of this project prepared, against an API that has no ServiceCIDRs. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { endpointSlices, nodes, services } from '../../src/api/resource.ts';
import { eventually } from '../support/eventually.ts';
import { ForeignNode, type ProxyProcess } from '../support/foreignNode.ts';
import { fetchFrom } from '../support/http.ts';
import { PlainApi } from '../support/plainApi.ts';
import { service, slice } from '../support/services.ts';
import { callTcp, failureOf, type TestNode, type TestPod, World } from '../support/world.ts';

describe('the proxy on a machine of another cluster', { timeout: 120_000 }, () => {
  let world: World;
  let neighbour: TestNode;
  let pod: TestPod;
  let foreign: ForeignNode;
  let api: PlainApi;
  let kubeconfig: string;
  let proxy: ProxyProcess;
  const address = '172.30.0.200';

  before(setUp, { timeout: 60_000 });
  after(tearDown, { timeout: 60_000 });

  async function setUp() {
    world = new World();
    neighbour = world.addNode(1);
    pod = await world.addPod(neighbour, 'x');
    await world.serveTcp(pod.netns, 8080, pod.uid);
    foreign = new ForeignNode(world.lan, 'foreign', [`${address}/20`]);
    await foreign.run('ip', 'route', 'add', '10.244.1.0/24', 'via', neighbour.ips[0]);
    await foreign.run('ip', 'route', 'add', 'default', 'dev', 'eth0');
    api = await PlainApi.start(world.lan, '172.30.0.1', [nodes, services, endpointSlices]);
    kubeconfig = `${world.dir}/kubeconfig`;
    writeFileSync(kubeconfig, api.kubeconfig);
    api.put(services, service({ name: 'web', clusterIPs: ['10.43.0.20'], nodePort: 30080 }));
    api.put(endpointSlices, slice('web', [{ address: pod.ip, node: 'node-1' }]));
  }

  async function tearDown() {
    await foreign?.[Symbol.asyncDispose]();
    await api?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  }

  const sysctl = async (name: string) =>
    (await foreign.run('cat', `/proc/sys/${name.replaceAll('.', '/')}`)).trim();

  test('waits for its Node, and says so', async () => {
    proxy = foreign.startProxy('--kubeconfig', kubeconfig, '--service-cidr', '10.43.0.0/16');
    await eventually(() =>
      assert.match(proxy.said(), /waiting: the API has no Node foreign: .*--hostname-override/),
    );
    api.put(nodes, { metadata: { name: 'foreign' } });
    await eventually(() => assert.match(proxy.said(), /waiting: the Node foreign has no spec.podCIDRs yet/));
    api.put(nodes, { metadata: { name: 'foreign' }, spec: { podCIDRs: ['10.244.200.0/24'] } });
    await eventually(() => assert.match(proxy.said(), /the rules of all Services are in the kernel/));
  });

  test('carries a ClusterIP from the machine and a node port from outside, both under its own address', async () => {
    assert.equal(await callTcp(foreign.netns, '10.43.0.20', 80), `uid-x ${address}`);
    assert.equal(await callTcp(world.lan, address, 30080), `uid-x ${address}`);
    assert.equal(await callTcp(foreign.netns, '127.0.0.1', 30080), `uid-x ${address}`);
  });

  test('follows the API', async () => {
    api.put(services, service({ name: 'later', clusterIPs: ['10.43.0.21'] }));
    await eventually(async () =>
      assert.equal(await failureOf(callTcp(foreign.netns, '10.43.0.21', 80)), 'ECONNREFUSED'),
    );
    api.put(endpointSlices, slice('later', [{ address: pod.ip, node: 'node-1' }]));
    await eventually(async () =>
      assert.equal(await callTcp(foreign.netns, '10.43.0.21', 80), `uid-x ${address}`),
    );
  });

  test('tells its health to everybody and its metrics to the machine alone', async () => {
    const { status, body } = await fetchFrom(world.lan, address, 10256, '/healthz');
    assert.equal(status, 200);
    assert.match(body, /"nodeEligible":true,"healthy":true,"status":\{"IPv4":\{/);
    const taints = [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' as const }];
    api.put(nodes, { metadata: { name: 'foreign' }, spec: { taints } });
    await eventually(async () =>
      assert.equal((await fetchFrom(world.lan, address, 10256, '/healthz')).status, 503),
    );
    assert.equal((await fetchFrom(world.lan, address, 10256, '/livez')).status, 200);
    const metrics = (await fetchFrom(foreign.netns, '127.0.0.1', 10249, '/metrics')).body;
    assert.match(metrics, /^kubeproxy_sync_full_proxy_rules_duration_seconds_count\{ip_family="IPv4"\} 1$/m);
    assert.match(metrics, /^kubeproxy_proxy_healthz_total\{code="503"\} \d+$/m);
    assert.doesNotMatch(metrics, /IPv6/);
    assert.equal((await fetchFrom(foreign.netns, '127.0.0.1', 10249, '/proxyMode')).body, 'nftables');
    assert.match(await failureOf(callTcp(world.lan, address, 10249)), /ECONNREFUSED/);
  });

  test('sets what the kernel needs', async () => {
    assert.equal(await sysctl('net.ipv4.ip_forward'), '1');
    assert.equal(await sysctl('net.ipv4.conf.all.route_localnet'), '1');
    assert.equal(await sysctl('net.netfilter.nf_conntrack_tcp_be_liberal'), '1');
  });

  test('leaves the rules when it is asked to end', async () => {
    assert.equal(await proxy.end(), 0);
    assert.equal(await callTcp(foreign.netns, '10.43.0.20', 80), `uid-x ${address}`);
  });

  test('leaves nothing after --cleanup', async () => {
    assert.match(await foreign.rules(), /table inet switchboard-proxy/);
    assert.deepEqual((await foreign.proxyOnce('--cleanup')).code, 0);
    assert.equal(await foreign.rules(), '');
    assert.equal(await sysctl('net.ipv4.conf.all.route_localnet'), '0');
    assert.equal(await sysctl('net.ipv4.ip_forward'), '1');
    assert.equal((await foreign.proxyOnce('--cleanup')).code, 0, 'also when there is nothing');
  });

  test('does as its options say', async () => {
    const ranges = ['--service-cidr', '10.43.0.0/16', '--cluster-cidr', '10.244.0.0/16,172.30.0.0/20'];
    const options = ['--nodeport-addresses', `${address}/32`, '--healthz-bind-address', `${address}:11256`];
    proxy = foreign.startProxy(
      '--kubeconfig',
      kubeconfig,
      ...ranges,
      ...options,
      ...['--metrics-bind-address', '', '--masquerade-all'],
    );
    await eventually(() => assert.match(proxy.said(), /the rules of all Services are in the kernel/));
    assert.match(await foreign.rules(), /ct original ip daddr @service-ranges4 masquerade/);
    assert.equal(await callTcp(world.lan, address, 30080), `uid-x ${address}`);
    assert.equal(await failureOf(callTcp(foreign.netns, '127.0.0.1', 30080)), 'ECONNREFUSED');
    assert.equal((await fetchFrom(foreign.netns, address, 11256, '/livez')).status, 200);
    for (const port of [10249, 11256])
      assert.equal(await failureOf(callTcp(foreign.netns, '127.0.0.1', port)), 'ECONNREFUSED');
    assert.equal(await proxy.end(), 0);
  });

  test('ends when its Node has other pod ranges, so that who started it starts it anew', async () => {
    const spec = { podCIDRs: ['10.244.200.0/24'] };
    api.put(nodes, { metadata: { name: 'foreign' }, spec });
    const ranges = ['--service-cidr', '10.43.0.0/16'];
    proxy = foreign.startProxy('--kubeconfig', kubeconfig, ...ranges);
    await eventually(() => assert.match(proxy.said(), /the rules of all Services are in the kernel/));
    api.put(nodes, { metadata: { name: 'foreign' }, spec: { podCIDRs: ['10.244.201.0/24'] } });
    assert.equal(await proxy.ended, 1);
    assert.match(
      proxy.said(),
      /Cannot go on: the Node foreign has other podCIDRs now, 10\.244\.201\.0\/24\n$/,
    );
  });

  test('ends when nobody tells which addresses are Services’', async () => {
    const options = ['--hostname-override', 'foreign', '--cluster-cidr', '10.244.0.0/16'];
    const { code, stderr } = await foreign.proxyOnce('--kubeconfig', kubeconfig, ...options);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot tell which addresses Services have: .*; give --service-cidr\n$/);
  });

  test('refuses options that it does not have, and says which it has', async () => {
    const { code, stderr } = await foreign.proxyOnce('--proxy-mode=iptables');
    assert.equal(code, 1);
    assert.match(stderr, /unknown option '--proxy-mode=iptables'[^]*--healthz-bind-address/);
  });
});
