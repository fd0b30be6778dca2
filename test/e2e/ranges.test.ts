/** A cluster whose ranges were chosen, of both families with IPv6 as the primary one; and what is refused instead of made. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Node, Pod, Service } from '../../src/api/types.ts';
import { readRecord } from '../../src/cluster/record.ts';
import { bracketed, contains, parseAddress, parseCidr } from '../../src/lib/ip.ts';
import { startCluster, switchboard, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { fetchFrom } from '../support/http.ts';
import { apply } from '../support/pods.ts';

const first = 'e2e-ranges-1';
const serviceCIDRs = ['fd96::8000/113', '10.100.0.0/24'];
const podCIDRs = ['fd44:0:0:10::/60', '10.244.64.0/20'];
const chosen = ['--service-cidr', serviceCIDRs.join(), '--pod-cidr', podCIDRs.join()];
const ports = ['--service-node-port-range', '20000-20099'];

const isIn = (range: string | undefined, address: string | undefined) =>
  contains(parseCidr(range ?? ''), parseAddress(address ?? ''));

describe('a cluster with chosen ranges', { timeout: 280_000 }, () => {
  let cluster: TestCluster;
  const kubectl = (...args: string[]) => cluster.kubectl(...args);
  const service = (name: string, ...more: string[]) =>
    cluster.kubectl.json<Service>('get', 'service', name, ...more);
  const inPod = async (pod: string, ...command: string[]) =>
    (await kubectl('exec', pod, '--', ...command)).trim();
  const made = (name: string, spec: NonNullable<Service['spec']>) =>
    apply(cluster.kubectl, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
  const again = (...options: string[]) =>
    cluster.switchboard('up', '--hermetic', '--kubeconfig', cluster.kubeconfig, ...options);

  before(async () => {
    cluster = await startCluster({ name: 'e2e-ranges', options: [...chosen, ...ports] });
    const script = 'mkdir /www && echo found > /www/index.html && exec httpd -f -p [::]:8080 -h /www';
    const main = { name: 'main', image: 'busybox', command: ['sh', '-c', script] };
    await apply(cluster.kubectl, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { terminationGracePeriodSeconds: 0, containers: [main] },
    });
    await kubectl('wait', '--for=condition=Ready', '--timeout=60s', 'pod/web');
  });
  after(() => cluster?.down());

  test('has them in its ServiceCIDR, its nodes and its pods, the primary family first', async () => {
    const [cidr] = (
      await cluster.kubectl.json<{ items: { spec: { cidrs: string[] } }[] }>('get', 'servicecidrs')
    ).items;
    assert.deepEqual(cidr?.spec.cidrs, serviceCIDRs);
    const node = await cluster.kubectl.json<Node>('get', 'node', first);
    assert.deepEqual(node.spec?.podCIDRs, ['fd44:0:0:10::/64', '10.244.64.0/24']);
    const { podIPs = [], hostIP } = (await cluster.kubectl.json<Pod>('get', 'pod', 'web')).status ?? {};
    assert.deepEqual(
      podIPs.map(({ ip }, i) => isIn(podCIDRs[i], ip)),
      [true, true],
    );
    assert.equal(hostIP, cluster.record().nodes[0]?.addresses[0]);
    assert.match(hostIP ?? '', /^fd30:/);
  });

  test('has its API at the first address of its Services, and its DNS server at the tenth', async () => {
    assert.equal((await service('kubernetes')).spec?.clusterIP, 'fd96::8001');
    assert.equal((await service('kube-dns', '-n', 'kube-system')).spec?.clusterIP, 'fd96::800a');
    assert.match(await inPod('web', 'cat', '/etc/resolv.conf'), /^nameserver fd96::800a$/m);
    assert.match(
      await inPod('web', 'nslookup', 'kubernetes.default.svc.cluster.local'),
      /Address: fd96::8001/,
    );
  });

  test('carries Services of either family, or of both', async () => {
    const spec = { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 as never }] };
    await made('usual', spec);
    await made('four', { ...spec, ipFamilies: ['IPv4'] });
    await made('both', { ...spec, ipFamilyPolicy: 'RequireDualStack' });
    assert.deepEqual((await service('usual')).spec?.ipFamilies, ['IPv6']);
    assert.deepEqual((await service('both')).spec?.ipFamilies, ['IPv6', 'IPv4']);
    for (const name of ['usual', 'four', 'both'])
      for (const address of (await service(name)).spec?.clusterIPs ?? []) {
        assert.ok(serviceCIDRs.some((range) => isIn(range, address)));
        await eventually(async () =>
          assert.equal(
            await inPod('web', 'wget', '-qO-', '-T', '2', `http://${bracketed(address)}`),
            'found',
          ),
        );
      }
  });

  test('gives node ports from its range, which answer over the families of their Service', async () => {
    const [six, four] = cluster.record().nodes[0]?.addresses ?? [];
    const answers: [string, (string | undefined)[], (string | undefined)[]][] = [
      ['IPv6', [six], [four]],
      ['IPv4', [four], [six]],
      ['both', [four, six], []],
    ];
    for (const [families, reached, refused] of answers) {
      const name = `outside-${families.toLowerCase()}`;
      const chosenFamilies =
        families === 'both' ? { ipFamilyPolicy: 'RequireDualStack' } : { ipFamilies: [families] };
      await made(name, {
        type: 'NodePort',
        selector: { app: 'web' },
        ports: [{ port: 80, targetPort: 8080 as never }],
        ...chosenFamilies,
      });
      const nodePort = (await service(name)).spec?.ports?.[0]?.nodePort ?? 0;
      assert.ok(nodePort >= 20000 && nodePort <= 20099, `${nodePort}`);
      const ask = (netns: string | undefined, address = '') => fetchFrom(netns, address, nodePort);
      await eventually(async () => assert.equal((await ask(undefined, cluster.hostAddress)).body, 'found\n'));
      for (const address of reached) assert.equal((await ask(cluster.lanNetns, address)).body, 'found\n');
      for (const address of refused) await assert.rejects(ask(cluster.lanNetns, address), /ECONNREFUSED/);
    }
  });

  test('refuses node ports beyond its range', () =>
    assert.rejects(
      made('usual-port', { type: 'NodePort', ports: [{ port: 80, nodePort: 30000 }] }),
      /nodePort: Invalid value: 30000: provided port is not in the valid range. The range of valid ports is 20000-20099/,
    ));

  test('refuses an address beyond its ranges', () =>
    assert.rejects(
      made('usual-address', { clusterIP: '10.96.0.50', ports: [{ port: 80 }] }),
      /spec.clusterIPs: Invalid value: \["?10.96.0.50"?\]: failed to allocate IP 10.96.0.50: the provided network does not match the current range/,
    ));

  test('has what every cluster begins with, also where its usual node ports are out of range', async () => {
    const controller = await service('ingress-nginx-controller', '-n', 'ingress-nginx');
    for (const { nodePort = 0 } of controller.spec?.ports ?? [])
      assert.ok(nodePort >= 20000 && nodePort <= 20099);
    assert.match(
      await kubectl('get', 'storageclass,ingressclass', '-o', 'name'),
      /standard[\s\S]*nginx|nginx[\s\S]*standard/,
    );
  });

  test('keeps them when it is brought up again, and cannot get others', async () => {
    await again();
    await again(...chosen, ...ports);
    const other = [
      ['--service-cidr', '10.100.0.0/24,fd96::8000/113'],
      ['--pod-cidr', '10.244.0.0/16'],
      ['--service-node-port-range', '30000-32767'],
      ['--ip-family', 'ipv6'],
    ];
    const ranges = `--ip-family dual ${chosen.join(' ')} ${ports.join(' ')}`;
    for (const options of other)
      await assert.rejects(again(...options), (err: Error) =>
        err.message.includes(
          `Cannot change the address ranges of cluster e2e-ranges, which are ${ranges}: take it down first with: switchboard down --name e2e-ranges`,
        ),
      );
  });
});

describe('nothing is made of a cluster', () => {
  const name = 'e2e-ranges-no';
  for (const [what, options, reason] of [
    [
      'whose Services overlap with the LANs',
      ['--service-cidr', '172.16.0.0/12'],
      /^switchboard: Cannot use 172\.16\.0\.0\/12 for Services: addresses of 172\.30\.0\.0\/16 are of the LANs of clusters$/m,
    ],
    [
      'with more nodes than ranges for their pods',
      ['--nodes', '2', '--pod-cidr', '10.244.64.0/24'],
      /^switchboard: Cannot use 10\.244\.64\.0\/24 for pods: each node gets a \/24 of it, so it is enough for 1 of 2 nodes$/m,
    ],
    [
      'whose family and ranges do not agree',
      ['--ip-family', 'ipv4', '--pod-cidr', 'fd44::/56'],
      /^switchboard: Cannot use fd44::\/56 for pods: the cluster has no IPv6; see --ip-family$/m,
    ],
    ['of a family that there is not', ['--ip-family', 'ipv5'], /Allowed choices are ipv4, ipv6, dual/],
  ] as const)
    test(what, async () => {
      const { code, stderr } = await switchboard('up', '--hermetic', '--name', name, ...options);
      assert.equal(code, 1);
      assert.match(stderr, reason);
      assert.equal(readRecord(name), undefined);
    });
});
