/** Where packets go by what EndpointSlices say: hints, slices of one's own, names, ports, and families that come and go. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EndpointSlice, Pod, Service } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { podOf } from '../support/pods.ts';

const name = 'e2e-service-endpoints';
const [one, two, three] = [1, 2, 3].map((n) => `${name}-${n}`) as [string, string, string];

let cluster: TestCluster;
const kubectl = (...args: string[]) => cluster.kubectl(...args);
const apply = (...items: object[]) =>
  cluster.kubectl.input(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), 'apply', '-f', '-');
const patch = (service: string, change: object) =>
  kubectl('patch', 'service', service, '--type=merge', '-p', JSON.stringify(change));
const label = (node: string, zone: string) =>
  kubectl('label', 'node', node, `topology.kubernetes.io/zone=${zone}`, '--overwrite');

/** Answers with its own name. */
const web = (pod: string, node: string, port = 8080, labels: Record<string, string> = { role: 'web' }) =>
  podOf({
    name: pod,
    node,
    labels,
    script: `mkdir /www && hostname > /www/index.html && httpd -f -p ${port} -h /www`,
    container: {
      ports: [{ name: 'http', containerPort: port }],
      readinessProbe: { httpGet: { port, path: '/' }, periodSeconds: 1 },
    },
  });
const client = (pod: string, node: string) => podOf({ name: pod, node, script: 'sleep 900' });

const service = (of: string, spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: of, ...metadata },
  spec: { ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
});
const slice = (of: string, named: string, addresses: string[], more: object = {}) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: named, labels: { 'kubernetes.io/service-name': of } },
  addressType: 'IPv4',
  endpoints: addresses.map((address) => ({ addresses: [address] })),
  ports: [{ name: 'http', port: 8080 }],
  ...more,
});

const specOf = async (of: string) => (await cluster.kubectl.json<Service>('get', 'service', of)).spec ?? {};
const slicesOf = async (of: string) =>
  (
    await cluster.kubectl.json<{ items: EndpointSlice[] }>(
      'get',
      'endpointslices',
      '-l',
      `kubernetes.io/service-name=${of}`,
    )
  ).items;
const podIP = async (pod: string) =>
  (await cluster.kubectl.json<Pod>('get', 'pod', pod)).status?.podIP as string;

/** Who answered thirty requests from this pod, in order. */
async function answering(address: string, from: string): Promise<string[]> {
  const asked = `for i in $(seq 30); do wget -q -T 2 -O - http://${address} || echo nobody; done | sort -u`;
  return (await kubectl('exec', from, '--', 'sh', '-c', asked)).trim().split('\n');
}
const reaches = (of: string, expected: Record<string, string[]>) =>
  eventually(async () => {
    const { clusterIP = '' } = await specOf(of);
    for (const [from, pods] of Object.entries(expected))
      assert.deepEqual(await answering(clusterIP, from), pods, `from ${from}`);
  });

before(async () => {
  cluster = await startCluster({ name, nodes: 3 });
  const [webs, clients] = [
    [one, two, three].map((node, i) => web(`web-${i + 1}`, node)),
    [one, two, three].map((node, i) => client(`client-${i + 1}`, node)),
  ];
  await apply(...webs, ...clients);
  await label(one, 'a');
  await label(two, 'b');
  await label(three, 'b');
  await kubectl('wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s');
});
after(() => cluster?.down());

const all = ['web-1', 'web-2', 'web-3'];

describe('trafficDistribution', { timeout: 120_000 }, () => {
  before(() => apply(service('near', { selector: { role: 'web' } })));

  test('left out means everybody', () =>
    reaches('near', { 'client-1': all, 'client-2': all, 'client-3': all }));

  for (const preference of ['PreferSameZone', 'PreferClose'])
    test(`${preference} keeps packets in the zone`, async () => {
      await patch('near', { spec: { trafficDistribution: preference } });
      const inB = ['web-2', 'web-3'];
      await reaches('near', { 'client-1': ['web-1'], 'client-2': inB, 'client-3': inB });
    });

  test('PreferSameNode keeps them on the node, then in the zone, then anywhere', async () => {
    await patch('near', { spec: { trafficDistribution: 'PreferSameNode' } });
    await reaches('near', { 'client-1': ['web-1'], 'client-2': ['web-2'], 'client-3': ['web-3'] });
    await kubectl('delete', 'pod', 'web-2');
    await reaches('near', { 'client-2': ['web-3'], 'client-3': ['web-3'] });
    await kubectl('delete', 'pod', 'web-3');
    await reaches('near', { 'client-2': ['web-1'], 'client-3': ['web-1'] });
    await apply(web('web-2', two), web('web-3', three));
    await reaches('near', { 'client-2': ['web-2'], 'client-3': ['web-3'] });
  });

  test('follows a node into another zone', async () => {
    await patch('near', { spec: { trafficDistribution: 'PreferSameZone' } });
    await label(two, 'a');
    await reaches('near', { 'client-1': ['web-1', 'web-2'], 'client-3': ['web-3'] });
    await label(two, 'b');
  });
});

describe('the annotation topology-mode', { timeout: 120_000 }, () => {
  test('shares endpoints out to the zones when it can, and tells when it cannot', async () => {
    const annotations = { 'service.kubernetes.io/topology-mode': 'Auto' };
    await apply(service('shared', { selector: { role: 'web' } }, { annotations }));
    const described = () => kubectl('describe', 'service', 'shared');
    // The node of the control plane does not count.
    await eventually(async () =>
      assert.match(await described(), /TopologyAwareHintsDisabled .*Nodes only ready in one zone/),
    );
    await reaches('shared', { 'client-2': all });
    await apply(web('web-4', three));
    await label(two, 'a');
    await eventually(async () =>
      assert.match(await described(), /TopologyAwareHintsEnabled .*has been enabled, addressType: IPv4/),
    );
    await reaches('shared', { 'client-1': ['web-1', 'web-2'], 'client-3': ['web-3', 'web-4'] });
    await kubectl('delete', 'pod', 'web-4');
    await label(two, 'b');
    await kubectl('delete', 'service', 'shared');
  });
});

describe('a Service without selector', { timeout: 120_000 }, () => {
  test('is served by all EndpointSlices that name it, an address in two of them once', async () => {
    const [first, second, third] = (await Promise.all(all.map(podIP))) as [string, string, string];
    await apply(
      service('own', {}),
      slice('own', 'own-1', [first]),
      slice('own', 'own-2', [first, second]),
      slice('own', 'own-other-port', [third], { ports: [{ name: 'admin', port: 8080 }] }),
    );
    await reaches('own', { 'client-1': ['web-1', 'web-2'], 'client-3': ['web-1', 'web-2'] });
    const { clusterIP } = await specOf('own');
    const rules = await cluster.inNode(
      three,
      'nft',
      'list',
      'map',
      'inet',
      'switchboard-proxy',
      'endpoints4',
    );
    assert.equal(rules.split(`${clusterIP} . `).length - 1, 2, 'one slot for each');
    await kubectl('delete', 'endpointslice', 'own-2');
    await reaches('own', { 'client-1': ['web-1'] });
  });

  test('gets nothing from a slice of names, and its events say so', async () => {
    const endpoints = [{ addresses: ['web.example.com'] }];
    await apply(slice('own', 'own-names', [], { addressType: 'FQDN', endpoints }));
    await eventually(async () =>
      assert.match(
        await kubectl('describe', 'service', 'own'),
        /AddressTypeNotServed .*EndpointSlice own-names: its addressType is FQDN, and only IPv4 and IPv6 are served/,
      ),
    );
    await reaches('own', { 'client-1': ['web-1'] });
  });

  test('may have endpoints that are not ready, or that say nothing of it', async () => {
    const [first, second] = (await Promise.all(all.map(podIP))) as [string, string];
    const endpoints = [
      { addresses: [first], conditions: { ready: false } },
      { addresses: [second], conditions: {} },
    ];
    await apply(slice('own', 'own-1', [], { endpoints }));
    await reaches('own', { 'client-1': ['web-2'] });
    await kubectl('delete', 'service', 'own');
    // Slices without their Service belong to nobody, so their author deletes them.
    await kubectl('delete', 'endpointslice', 'own-1', 'own-names', 'own-other-port');
  });
});

describe('ports', { timeout: 120_000 }, () => {
  test('of one name may have another number in every pod', async () => {
    await apply(web('odd', two, 9090, { role: 'mixed' }), web('even', three, 8080, { role: 'mixed' }));
    await kubectl('wait', '--for=condition=Ready', 'pod/odd', 'pod/even', '--timeout=60s');
    await apply(service('mixed', { selector: { role: 'mixed' } }));
    await reaches('mixed', { 'client-1': ['even', 'odd'] });
    const numbers = (await slicesOf('mixed')).map(({ ports }) => ports?.[0]?.port).sort();
    assert.deepEqual(numbers, [8080, 9090]);
    await kubectl('delete', 'pod/odd', 'pod/even', 'service/mixed');
  });

  test('are several, of three protocols, with what they speak; one number for two of them', async () => {
    const ports = [
      { name: 'web', port: 80, targetPort: 8080, appProtocol: 'kubernetes.io/h2c' },
      { name: 'web-udp', port: 80, targetPort: 8080, protocol: 'UDP' },
      { name: 'signal', port: 2905, protocol: 'SCTP' },
    ];
    await apply(service('several', { type: 'NodePort', selector: { role: 'web' }, ports }));
    const [tcp, udp, sctp] = (await specOf('several')).ports?.map(({ nodePort }) => nodePort) ?? [];
    assert.equal(tcp, udp);
    assert.notEqual(tcp, sctp);
    await eventually(async () => {
      const [only] = await slicesOf('several');
      assert.deepEqual(
        only?.ports?.map((p) => [p.name, p.port, p.protocol, p.appProtocol].join(' ').trim()).sort(),
        ['signal 2905 SCTP', 'web 8080 TCP kubernetes.io/h2c', 'web-udp 8080 UDP'],
      );
    });
    await reaches('several', { 'client-2': all });
    await kubectl('delete', 'service', 'several');
  });
});

describe('a Service that becomes dual-stack', { timeout: 120_000 }, () => {
  test('answers at a second address, and no longer when it gives that back', async () => {
    await apply(service('both', { selector: { role: 'web' } }));
    const { clusterIP = '' } = await specOf('both');
    const families = async () => (await slicesOf('both')).map(({ addressType }) => addressType).sort();
    await eventually(async () => assert.deepEqual(await families(), ['IPv4']));
    for (const ipFamilyPolicy of ['PreferDualStack', 'RequireDualStack']) {
      await patch('both', { spec: { ipFamilyPolicy } });
      const { clusterIPs = [], ipFamilies } = await specOf('both');
      assert.deepEqual([clusterIPs[0], ipFamilies], [clusterIP, ['IPv4', 'IPv6']]);
      await eventually(async () => assert.deepEqual(await families(), ['IPv4', 'IPv6']));
      await eventually(async () => assert.deepEqual(await answering(`[${clusterIPs[1]}]`, 'client-1'), all));
    }
    const second = (await specOf('both')).clusterIPs?.[1] ?? '';
    await patch('both', { spec: { ipFamilyPolicy: 'SingleStack' } });
    assert.deepEqual((await specOf('both')).clusterIPs, [clusterIP]);
    await eventually(async () => assert.deepEqual(await families(), ['IPv4']));
    await eventually(async () => assert.deepEqual(await answering(`[${second}]`, 'client-1'), ['nobody']));
    // What was given back is there for others.
    await apply(service('next', { selector: { role: 'web' }, clusterIP: second }));
    assert.deepEqual((await specOf('next')).ipFamilies, ['IPv6']);
    await eventually(async () => assert.deepEqual(await answering(`[${second}]`, 'client-1'), all));
    await kubectl('delete', 'service', 'both', 'next');
  });
});
