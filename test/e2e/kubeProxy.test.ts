/** Health checks of Services on every node, and the proxy alone on a machine that is no node of ours. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { EventsV1Event, Node, Pod, Service } from '../../src/api/types.ts';
import { fromKubeconfig } from '../../src/client/kubeconfig.ts';
import { kubeconfigOf, writeKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { ForeignNode, type ProxyProcess } from '../support/foreignNode.ts';
import { fetchFrom } from '../support/http.ts';
import { createToken } from '../support/kubectl.ts';

const name = 'e2e-kubeproxy';

const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  nodeName: ${name}-2
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: busybox
    command: [sh, -c, "mkdir -p /www && echo hello > /www/index.html && httpd -f -p 8080 -h /www"]
    readinessProbe: {httpGet: {port: 8080, path: /}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  ipFamilyPolicy: RequireDualStack
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080, nodePort: 30080}]
---
apiVersion: v1
kind: Service
metadata: {name: local}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  healthCheckNodePort: 31000
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
`;

const proxyPod = `
apiVersion: v1
kind: Pod
metadata: {name: proxy-in-pod, namespace: kube-system}
spec:
  serviceAccountName: proxy-in-pod
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: nicolaka/netshoot
    command: [/opt/switchboard/bin/switchboard, proxy, --hostname-override=$(NODE_NAME)]
    env: [{name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
    securityContext: {privileged: true}
    readinessProbe: {httpGet: {port: 10256, path: /healthz}, periodSeconds: 1}
    volumeMounts: [{name: program, mountPath: /opt/switchboard}, {name: system, mountPath: /usr}]
  volumes:
  - {name: program, hostPath: {path: /opt/switchboard}}
  - {name: system, hostPath: {path: /usr}}
`;

interface Check {
  service: { namespace: string; name: string };
  localEndpoints: number;
  serviceProxyHealthy: boolean;
}

describe('the proxy', { timeout: 240_000 }, () => {
  let cluster: TestCluster;
  /** Of each node, both families. */
  let [first, second]: string[][] = [];
  let balanced: string[];

  before(async () => {
    cluster = await startCluster({ name, nodes: 2 });
    const { items } = await cluster.kubectl.json<{ items: Node[] }>('get', 'nodes');
    [first, second] = items.map(({ status }) =>
      (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address),
    );
    await cluster.kubectl.input(manifest, 'apply', '-f', '-');
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/web', '--timeout=60s');
    balanced = await eventually(async () => {
      const { status } = await cluster.kubectl.json<Service>('get', 'service', 'web');
      const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip = '' }) => ip);
      assert.equal(addresses.length, 2);
      return addresses;
    });
  });
  after(() => cluster?.down());

  /** From the LAN. */
  const check = async (address: string | undefined, port = 31000) => {
    const { status, body } = await fetchFrom(cluster.lanNetns, address ?? '', port);
    const { localEndpoints, serviceProxyHealthy } = JSON.parse(body) as Check;
    return [status, localEndpoints, serviceProxyHealthy];
  };
  const isClosed = (address: string | undefined, port: number) =>
    assert.rejects(fetchFrom(cluster.lanNetns, address ?? '', port), /ECONNREFUSED/);

  describe('of a node', () => {
    test('tells load balancers on healthCheckNodePort whether the node has endpoints', async () => {
      for (const address of second ?? [])
        await eventually(async () => assert.deepEqual(await check(address), [200, 1, true]));
      for (const address of first ?? [])
        await eventually(async () => assert.deepEqual(await check(address), [503, 0, true]));
      const head = await cluster.onLan('curl', '-si', `http://${second?.[0]}:31000/healthz`);
      assert.match(head, /^HTTP\/1\.1 200 OK\r$/m);
      assert.match(head, /^Content-Type: application\/json\r$/m);
      assert.match(head, /^X-Content-Type-Options: nosniff\r$/m);
      assert.match(head, /^X-Load-Balancing-Endpoint-Weight: 1\r$/m);
      assert.match(head, /"service": \{\n\t\t"namespace": "default",\n\t\t"name": "local"\n\t\}/);
    });

    test('follows endpoints and the Service', async () => {
      await cluster.kubectl('label', 'pod', 'web', 'app-');
      await eventually(async () => assert.deepEqual(await check(second?.[0]), [503, 0, true]));
      await cluster.kubectl('label', 'pod', 'web', 'app=web');
      await eventually(async () => assert.deepEqual(await check(second?.[0]), [200, 1, true]));
      await cluster.kubectl(
        'patch',
        'service',
        'local',
        '-p',
        '{"spec":{"externalTrafficPolicy":"Cluster"}}',
      );
      await eventually(() => isClosed(second?.[0], 31000));
    });

    test('says in an event that the port of a health check is taken, and takes it as soon as it can', async () => {
      const fd = socketIn(cluster.nodeNetns(`${name}-1`), {
        ...{ type: 'tcp', family: 6, dualStack: true, bind: { address: '::', port: 31001 } },
      });
      const other = createServer((socket) => socket.destroy()).listen({ fd });
      await once(other, 'listening');
      const spec = { externalTrafficPolicy: 'Local', healthCheckNodePort: 31001 };
      await cluster.kubectl('patch', 'service', 'local', '-p', JSON.stringify({ spec }));
      await eventually(async () => {
        const { items } = await cluster.kubectl.json<{ items: EventsV1Event[] }>(
          'get',
          'events.v1.events.k8s.io',
        );
        const found = items.find(({ reason }) => reason === 'FailedToStartServiceHealthcheck');
        assert.match(
          found?.note ?? '',
          new RegExp(`^node ${name}-1 failed to start healthcheck "default/local" on port 31001: `),
        );
      });
      other.close();
      await eventually(async () => assert.deepEqual(await check(first?.[0], 31001), [503, 0, true]));
      await eventually(async () => assert.deepEqual(await check(second?.[0], 31001), [200, 1, true]));
    });

    test('tells its own health, also that its node is going', async () => {
      const node = `${name}-2`;
      const healthz = async (path: string) =>
        (await fetchFrom(cluster.lanNetns, second?.[0] ?? '', 10256, path)).status;
      assert.deepEqual([await healthz('/healthz'), await healthz('/livez')], [200, 200]);
      await cluster.kubectl('taint', 'node', node, 'ToBeDeletedByClusterAutoscaler=1:NoSchedule');
      await eventually(async () => assert.equal(await healthz('/healthz'), 503));
      assert.equal(await healthz('/livez'), 200);
      await cluster.kubectl('taint', 'node', node, 'ToBeDeletedByClusterAutoscaler-');
      await eventually(async () => assert.equal(await healthz('/healthz'), 200));
    });

    test('counts by kube-proxy’s names, on the node’s loopback', async () => {
      const metrics = await cluster.inNode(`${name}-1`, 'curl', '-s', 'http://127.0.0.1:10249/metrics');
      for (const line of [
        /^kubeproxy_sync_full_proxy_rules_duration_seconds_count\{ip_family="IPv4"\} [1-9]/m,
        /^kubeproxy_network_programming_duration_seconds_count\{ip_family="IPv4"\} [1-9]/m,
        /^kubeproxy_sync_proxy_rules_no_local_endpoints_total\{ip_family="IPv4",traffic_policy="external"\} 1$/m,
        /^kubeproxy_sync_proxy_rules_nftables_sync_failures_total\{ip_family="IPv6"\} 0$/m,
        /^rest_client_requests_total\{code="200",host="[^"]+:6443",method="GET"\} [1-9]/m,
        /^rest_client_request_duration_seconds_count\{host="[^"]+:6443",verb="GET"\} [1-9]/m,
        /^process_resident_memory_bytes \d+$/m,
      ])
        assert.match(metrics, line);
      assert.equal(
        await cluster.inNode(`${name}-1`, 'curl', '-s', 'http://127.0.0.1:10249/proxyMode'),
        'nftables',
      );
      await isClosed(first?.[0], 10249);
    });
  });

  describe('in a pod, as a DaemonSet has it', () => {
    const account = ['-n', 'kube-system', 'proxy-in-pod'];
    before(async () => {
      await cluster.kubectl('create', 'serviceaccount', ...account);
      await cluster.kubectl(
        ...['create', 'clusterrolebinding', 'proxy-in-pod', '--clusterrole=system:node-proxier'],
        '--serviceaccount=kube-system:proxy-in-pod',
      );
      // On a network of its own: that of the node has a proxy.
      await cluster.kubectl.input(proxyPod, 'apply', '-f', '-');
      await cluster.kubectl(
        ...['wait', '--for=condition=Ready', 'pod/proxy-in-pod', '-n', 'kube-system', '--timeout=60s'],
      );
    });

    test('it is who its service account is, and carries Services where the pod’s network is', async () => {
      const inPod = (...command: string[]) => cluster.kubectl('exec', ...account, '--', ...command);
      await eventually(async () =>
        assert.equal(await inPod('curl', '-s', 'http://127.0.0.1:30080'), 'hello\n'),
      );
      const { status } = await cluster.kubectl.json<Pod>('get', 'pod', ...account);
      const { body } = await fetchFrom(cluster.nodeNetns(`${name}-1`), status?.podIP ?? '', 30080);
      assert.equal(body, 'hello\n');
      const metrics = await inPod('curl', '-s', 'http://127.0.0.1:10249/metrics');
      assert.match(
        metrics,
        /^rest_client_requests_total\{code="200",host="10\.96\.0\.1:443",method="GET"\} [1-9]/m,
      );
    });
  });

  describe('alone on a machine of the LAN', () => {
    let foreign: ForeignNode;
    let proxy: ProxyProcess;
    let kubeconfig: string;
    let addresses: string[];

    before(async () => {
      // Far from those of nodes and load balancers.
      addresses = (first ?? []).map((address) => address.replace(/[^.:]*$/, '240'));
      foreign = new ForeignNode(cluster.lanNetns, 'foreign', [`${addresses[0]}/20`, `${addresses[1]}/64`]);
      kubeconfig = `${cluster.kubeconfig}-lan`;
      const { ca = '' } = fromKubeconfig(cluster.kubeconfig);
      const server = `https://${first?.[0]}:6443`;
      const own = kubeconfigOf({ name: 'lan', server, ca, cert: '', key: '' });
      const users = [{ name: 'lan', user: { token: await tokenOfProxy() } }];
      writeKubeconfig(kubeconfig, { ...own, users });
      await cluster.kubectl.input(
        'apiVersion: v1\nkind: Node\nmetadata: {name: foreign}',
        'create',
        '-f',
        '-',
      );
      const { items } = await cluster.kubectl.json<{ items: Node[] }>('get', 'nodes');
      for (const [n, gateways] of [first ?? [], second ?? []].entries()) {
        const own = items.find(({ metadata }) => metadata.name === `${name}-${n + 1}`);
        for (const [i, range] of (own?.spec?.podCIDRs ?? []).entries())
          await foreign.run('ip', 'route', 'add', range, 'via', gateways[i] ?? '');
      }
      for (const family of ['-4', '-6'])
        await foreign.run('ip', family, 'route', 'add', 'default', 'dev', 'eth0');
      await foreign.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding');
      proxy = foreign.startProxy('--kubeconfig', kubeconfig);
      await eventually(() => assert.match(proxy.said(), /the rules of all Services are in the kernel/));
    });
    after(() => foreign?.[Symbol.asyncDispose]());

    /** With the rights that Kubernetes has for proxies. */
    const tokenOfProxy = async () => {
      const account = ['-n', 'kube-system', 'kube-proxy'];
      await cluster.kubectl('create', 'serviceaccount', ...account);
      await cluster.kubectl(
        ...['create', 'clusterrolebinding', 'kube-proxy', '--clusterrole=system:node-proxier'],
        '--serviceaccount=kube-system:kube-proxy',
      );
      return createToken(cluster.kubectl, 'kube-proxy', { namespace: 'kube-system' });
    };
    const says = async (netns: string, address: string, port: number) =>
      (await fetchFrom(netns, address, port)).body;
    const clusterIPs = async () =>
      (await cluster.kubectl.json<Service>('get', 'service', 'web')).spec?.clusterIPs ?? [];

    test('carries ClusterIP, node port and load balancer, over IPv4 and IPv6', async () => {
      for (const address of [...(await clusterIPs()), ...balanced])
        assert.equal(await says(foreign.netns, address, 80), 'hello\n', address);
      for (const address of addresses) {
        assert.equal(await says(cluster.lanNetns, address, 30080), 'hello\n', address);
        assert.equal(await says(foreign.netns, address, 30080), 'hello\n', address);
      }
    });

    test('has health checks and health like every node', async () => {
      for (const address of addresses) assert.deepEqual(await check(address, 31001), [503, 0, true]);
      assert.equal((await fetchFrom(cluster.lanNetns, addresses[0] ?? '', 10256, '/healthz')).status, 200);
      assert.match((await fetchFrom(foreign.netns, '127.0.0.1', 10249, '/metrics')).body, /^kubeproxy_/m);
    });

    test('follows ServiceCIDRs', async () => {
      const range = `apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: more}
spec: {cidrs: [10.200.0.0/24]}`;
      await cluster.kubectl.input(range, 'create', '-f', '-');
      await eventually(async () => assert.match(await foreign.rules(), /10\.200\.0\.0\/24/));
      await cluster.kubectl('delete', 'servicecidr', 'more');
      await eventually(async () => assert.doesNotMatch(await foreign.rules(), /10\.200\.0\.0\/24/));
    });

    test('goes on without the API, and follows it again when it is back', async () => {
      const [clusterIP = ''] = await clusterIPs();
      await cluster.inNode(`${name}-1`, 'sv', '-w', '60', 'down', 'controlplane');
      try {
        assert.equal(await says(foreign.netns, clusterIP, 80), 'hello\n');
        assert.equal((await fetchFrom(cluster.lanNetns, addresses[0] ?? '', 10256, '/healthz')).status, 200);
      } finally {
        await cluster.inNode(`${name}-1`, 'sv', 'up', 'controlplane');
      }
      await eventually(() => cluster.kubectl('get', '--raw', '/readyz'));
      await cluster.kubectl('create', 'service', 'clusterip', 'later', '--clusterip=10.96.44.4', '--tcp=80');
      await eventually(() => assert.rejects(says(foreign.netns, '10.96.44.4', 80), /ECONNREFUSED/));
      await cluster.kubectl('label', 'pod', 'web', 'app-');
      await eventually(() => assert.rejects(says(foreign.netns, addresses[0] ?? '', 30080)));
      await cluster.kubectl('label', 'pod', 'web', 'app=web');
      await eventually(async () =>
        assert.equal(await says(foreign.netns, addresses[0] ?? '', 30080), 'hello\n'),
      );
    });

    test('leaves the rules when it ends, and nothing after --cleanup', async () => {
      assert.equal(await proxy.end(), 0);
      assert.equal(await says(foreign.netns, balanced[0] ?? '', 80), 'hello\n');
      assert.equal((await foreign.proxyOnce('--cleanup')).code, 0);
      assert.equal(await foreign.rules(), '');
    });
  });
});
