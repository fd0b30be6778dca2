/** Addresses of Services as people see and rule them: ServiceCIDRs, IPAddresses, changes of type, refusals and events. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Event, IPAddress, Service, ServiceCIDR } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { rowsOf } from '../support/columns.ts';
import { eventually } from '../support/eventually.ts';
import { kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';

let cluster: TestCluster;
const kubectl = (...args: string[]) => cluster.kubectl(...args);
const apply = (...items: object[]) =>
  cluster.kubectl.input(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), 'apply', '-f', '-');
const refused = (object: object): Promise<string> =>
  apply(object).then(
    () => assert.fail(`accepted: ${JSON.stringify(object)}`),
    (err: Error) => err.message,
  );
const patch = (name: string, spec: object) =>
  kubectl('patch', 'service', name, '--type=merge', '-p', JSON.stringify({ spec }));
const service = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, ...metadata },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
});
const range = (name: string, ...cidrs: string[]) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs },
});
const specOf = async (name: string) =>
  (await cluster.kubectl.json<Service>('get', 'service', name)).spec ?? {};
const addresses = async () =>
  (await cluster.kubectl.json<{ items: IPAddress[] }>('get', 'ipaddresses')).items
    .filter(({ spec }) => spec?.parentRef?.namespace === 'default')
    .map(({ metadata }) => metadata.name);
const fetch = (address: string, from = 'client') =>
  kubectl('exec', from, '--', 'wget', '-q', '-T', '2', '-O', '-', `http://${address}`);

const web = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: 'busybox:1.28',
        command: ['sh', '-c', 'mkdir /www && echo hello > /www/index.html && httpd -f -p 8080 -h /www'],
        readinessProbe: { httpGet: { port: 8080, path: '/' }, periodSeconds: 1 },
      },
    ],
  },
};

const client = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image: 'busybox:1.28', command: ['sleep', '600'] }],
  },
};

before(async () => {
  cluster = await startCluster({ name: 'e2e-serviceapi' });
  await apply(web, client);
  await kubectl('wait', '--for=condition=Ready', 'pod/web', 'pod/client', '--timeout=60s');
});
after(() => cluster?.down());

describe('ServiceCIDRs and IPAddresses', { timeout: 120_000 }, () => {
  test('are listed with what they are for', async () => {
    const [cidr] = rowsOf(await kubectl('get', 'servicecidrs'));
    assert.deepEqual([cidr?.['NAME'], cidr?.['CIDRS']], ['kubernetes', '10.96.0.0/12,fd96::/112']);
    const rows = rowsOf(await kubectl('get', 'ipaddresses'));
    const parents = new Map(rows.map((row) => [row['NAME'], row['PARENTREF']]));
    assert.equal(parents.get('10.96.0.1'), 'services/default/kubernetes');
    assert.equal(parents.get('10.96.0.10'), 'services/kube-system/kube-dns');
    // Older ones describe the kinds of a beta that is off.
    const newest = (await kubectls()).at(-1);
    const describe = (...what: string[]) =>
      kubectlWith(cluster.kubeconfig, newest?.path)('describe', ...what);
    assert.match(await describe('servicecidr', 'kubernetes'), /CIDRs:\s+10\.96\.0\.0\/12/i);
    assert.match(await describe('ipaddress', '10.96.0.1'), /services/);
  });

  test('of a new range give addresses at once, and packets reach them', async () => {
    assert.match(
      await refused(service('far', { clusterIP: '10.200.0.5' })),
      /spec\.clusterIPs: Invalid value: \["10\.200\.0\.5"\]: failed to allocate IP 10\.200\.0\.5: the provided network does not match the current range/,
    );
    await apply(range('more', '10.200.0.0/24'));
    await apply(service('far', { clusterIP: '10.200.0.5' }));
    await eventually(async () => assert.equal(await fetch('10.200.0.5'), 'hello\n'));
    const fromNode = () => cluster.inNode('e2e-serviceapi-1', 'curl', '-s', '-m', '2', 'http://10.200.0.5');
    await eventually(async () => assert.equal(await fromNode(), 'hello\n'));
    // Nobody's address is refused at once, as in the first range.
    await assert.rejects(
      cluster.inNode('e2e-serviceapi-1', 'curl', '-s', '-m', '5', 'http://10.200.0.77'),
      /exit code 7/,
    );
  });

  test('that are deleted wait for their last address', async () => {
    await kubectl('delete', 'servicecidr', 'more', '--wait=false');
    await eventually(async () => {
      const { status } = await cluster.kubectl.json<ServiceCIDR>('get', 'servicecidr', 'more');
      assert.match(
        status?.conditions?.[0]?.message ?? '',
        /There are still IPAddresses referencing the ServiceCIDR/,
      );
    });
    assert.match(
      await refused(service('late', { clusterIP: '10.200.0.6' })),
      /does not match the current range/,
    );
    assert.equal(await fetch('10.200.0.5'), 'hello\n');
    await kubectl('delete', 'service', 'far');
    await eventually(async () =>
      assert.match((await cluster.kubectl.attempt('get', 'servicecidr', 'more')).stderr, /NotFound/),
    );
  });

  test('that somebody made reserve their address until they go', async () => {
    const ours = { group: 'example.com', resource: 'boxes', name: 'box' };
    await apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: '10.96.0.91' },
      spec: { parentRef: ours },
    });
    const asked = service('boxed', { clusterIP: '10.96.0.91' });
    assert.match(
      await refused(asked),
      /spec\.clusterIPs: Invalid value: \["10\.96\.0\.91"\]: failed to allocate IP 10\.96\.0\.91: provided IP is already allocated/,
    );
    await kubectl('delete', 'ipaddress', '10.96.0.91');
    await apply(asked);
    // One that leaked, and one that is missing, are put right.
    await kubectl('delete', 'ipaddress', '10.96.0.91');
    await apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: {
        name: '10.96.0.92',
        labels: {
          'ipaddress.kubernetes.io/ip-family': 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'gone' } },
    });
    await eventually(async () => {
      const all = await addresses();
      assert.deepEqual([all.includes('10.96.0.91'), all.includes('10.96.0.92')], [true, false]);
    });
    await eventually(async () =>
      assert.match(await kubectl('describe', 'service', 'boxed'), /ClusterIPNotAllocated/),
    );
    await apply(service('next', { clusterIP: '10.96.0.92' }));
    await kubectl('delete', 'service', 'boxed', 'next');
  });

  test('of the lower part of a range are given to those alone who ask for one', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `any-${i}`);
    await apply(...names.map((name) => service(name, { type: 'NodePort' })));
    for (const name of names) {
      const { clusterIP = '', ports: [{ nodePort = 0 } = {}] = [] } = await specOf(name);
      assert.doesNotMatch(clusterIP, /^10\.96\.0\./);
      assert.ok(nodePort >= 30_086, `${nodePort}`);
    }
    await kubectl('delete', 'service', ...names);
  });

  test('are refused when they are no ranges, or others than before', async () => {
    assert.match(await refused(range('bad')), /spec\.cidrs: Required value: at least one CIDR required/);
    assert.match(
      await refused(range('bad', '10.200.0.0/24', '10.201.0.0/24')),
      /spec\.cidrs: Invalid value: .*: may specify no more than one IP for each IP family/,
    );
    assert.match(
      await refused(range('bad', '10.200.0.7/24')),
      /spec\.cidrs\[0\]: Invalid value: "10\.200\.0\.7\/24": must not have bits set beyond the prefix length/,
    );
    assert.match(
      await refused(range('kubernetes', '10.200.0.0/24', 'fd96::/112')),
      /spec\.cidrs: Invalid value: \["10\.200\.0\.0\/24","fd96::\/112"\]: field is immutable/,
    );
  });

  test('refuse a taken address and a taken node port, and say why', async () => {
    await apply(
      service('one', { type: 'NodePort', clusterIP: '10.96.0.90', ports: [{ port: 80, nodePort: 30090 }] }),
    );
    assert.match(
      await refused(service('two', { clusterIP: '10.96.0.90' })),
      /failed to allocate IP 10\.96\.0\.90: provided IP is already allocated/,
    );
    assert.match(
      await refused(service('two', { type: 'NodePort', ports: [{ port: 80, nodePort: 30090 }] })),
      /spec\.ports\[0\]\.nodePort: Invalid value: 30090: provided port is already allocated/,
    );
    assert.match(
      await refused(service('two', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })),
      /provided port is not in the valid range\. The range of valid ports is 30000-32767/,
    );
    await kubectl('delete', 'service', 'one');
  });
});

describe('a Service', { timeout: 120_000 }, () => {
  test('becomes every type in turn, and holds what that type has', async () => {
    await apply(service('turn'));
    const { clusterIP = '' } = await specOf('turn');
    await patch('turn', { type: 'NodePort' });
    const { ports: [{ nodePort } = {}] = [] } = await specOf('turn');
    assert.ok(nodePort && nodePort >= 30000);
    await patch('turn', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
    const balanced = await specOf('turn');
    assert.deepEqual([balanced.clusterIP, balanced.ports?.[0]?.nodePort], [clusterIP, nodePort]);
    assert.ok(balanced.healthCheckNodePort);
    await patch('turn', { ipFamilyPolicy: 'PreferDualStack' });
    assert.equal((await specOf('turn')).clusterIPs?.length, 2);
    assert.equal((await addresses()).filter((ip) => ip !== '10.96.0.1').length, 2);
    await eventually(async () => assert.equal(await fetch(clusterIP), 'hello\n'));
    await patch('turn', { type: 'ClusterIP', ipFamilyPolicy: 'SingleStack' });
    const plain = await specOf('turn');
    assert.deepEqual(plain.clusterIPs, [clusterIP]);
    for (const gone of ['healthCheckNodePort', 'externalTrafficPolicy', 'allocateLoadBalancerNodePorts'])
      assert.ok(!(gone in plain), gone);
    assert.equal(plain.ports?.[0]?.nodePort, undefined);
    await patch('turn', { type: 'ExternalName', externalName: 'example.com' });
    assert.deepEqual(await addresses(), ['10.96.0.1']);
    await patch('turn', { type: 'ClusterIP', externalName: null });
    assert.ok((await specOf('turn')).clusterIP);
    await kubectl('delete', 'service', 'turn');
    assert.deepEqual(await addresses(), ['10.96.0.1']);
  });

  test('may have a name that begins with a digit, and is found by it', async () => {
    // KEP-5311
    await apply(service('1st'));
    await eventually(async () => assert.equal(await fetch('1st'), 'hello\n'));
    assert.match(
      await refused(service('First')),
      /metadata\.name: Invalid value: "First": a lowercase RFC 1123 label must consist of/,
    );
    await kubectl('delete', 'service', '1st');
  });

  test('keeps its address over a restart of the control plane, and so does every range', async () => {
    await apply(range('kept', '10.201.0.0/24'), service('kept', { clusterIP: '10.201.0.9' }));
    await cluster.inNode('e2e-serviceapi-1', 'sv', '-w', '60', 'restart', 'controlplane');
    await eventually(async () => assert.ok((await addresses()).includes('10.201.0.9')));
    assert.match(await refused(service('other', { clusterIP: '10.201.0.9' })), /already allocated/);
    await apply(service('other', { clusterIP: '10.201.0.10' }));
    await eventually(async () => assert.equal(await fetch('10.201.0.10'), 'hello\n'));
    await kubectl('delete', 'service', 'kept', 'other');
    await kubectl('delete', 'servicecidr', 'kept', '--timeout=60s');
  });

  test('without selector answers at the Endpoints that its author wrote', async () => {
    const podIP = await kubectl('get', 'pod', 'web', '-o', 'jsonpath={.status.podIP}');
    const { selector: _, ...spec } = service('own').spec;
    await apply(
      { ...service('own'), spec },
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'own' },
        subsets: [{ addresses: [{ ip: podIP }], ports: [{ port: 8080 }] }],
      },
    );
    const { clusterIP = '' } = await specOf('own');
    await eventually(async () => assert.equal(await fetch(clusterIP), 'hello\n'));
    assert.equal(await fetch(clusterIP, 'web'), 'hello\n', 'the pod itself, too');
    assert.match(
      await kubectl('get', 'endpointslices', '-l', 'kubernetes.io/service-name=own'),
      /own-\w+ .*8080/,
    );
    await kubectl('delete', 'endpoints,service', 'own');
  });

  test('tells in events what of it has no effect', async () => {
    const annotations = { 'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb' };
    await apply(service('cloudy', { type: 'LoadBalancer' }, { annotations }));
    const reasons = async () =>
      (await cluster.kubectl.json<{ items: Event[] }>('get', 'events')).items.map(
        ({ involvedObject, reason }) => `${involvedObject.name} ${reason}`,
      );
    await eventually(async () => assert.ok((await reasons()).includes('cloudy IgnoredAnnotations')));
  });
});
