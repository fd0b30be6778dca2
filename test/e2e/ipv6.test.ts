/** A cluster in which nobody has an IPv4 address: everything that a cluster of both families does works over IPv6 alone. */
import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import type { EndpointSlice, Node, Pod, Service } from '../../src/api/types.ts';
import { bracketed } from '../../src/lib/ip.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { fetchFrom } from '../support/http.ts';

const [first, second] = ['e2e-ipv6-1', 'e2e-ipv6-2'];

const web = (pod: string, node: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${pod}, labels: {app: web}}
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: busybox
    command: [sh, -c, "mkdir /www && hostname > /www/index.html && echo serves && exec httpd -f -p [::]:8080 -h /www"]
    ports: [{name: http, containerPort: 8080}]
    readinessProbe: {httpGet: {port: http}, periodSeconds: 1}
    livenessProbe: {tcpSocket: {port: http}, periodSeconds: 1}
---`;
const manifest = `${web('one', first)}${web('two', second)}
apiVersion: v1
kind: Pod
metadata: {name: tool}
spec:
  nodeName: ${first}
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: nicolaka/netshoot, command: [sleep, infinity]}]
---
apiVersion: v1
kind: Pod
metadata: {name: host}
spec:
  nodeName: ${second}
  hostNetwork: true
  dnsPolicy: ClusterFirstWithHostNet
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: busybox, command: [sleep, infinity]}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: http, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: each}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: http, port: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: balanced}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{name: http, port: 8000, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: names, namespace: kube-system}
spec: {type: NodePort, selector: {k8s-app: kube-dns}, ports: [{port: 53, protocol: UDP, nodePort: 30053}]}
`;

const isIPv6 = (address: string | undefined) => /^fd[\da-f:]+$/.test(address ?? '');

describe('a cluster of IPv6 alone', { timeout: 280_000 }, () => {
  let cluster: TestCluster;
  const kubectl = (...args: string[]) => cluster.kubectl(...args);
  const listOf = async <T>(...args: string[]) =>
    (await cluster.kubectl.json<{ items: T[] }>('get', ...args)).items;
  const service = (of: string) => cluster.kubectl.json<Service>('get', 'service', of);
  const pod = (of: string) => cluster.kubectl.json<Pod>('get', 'pod', of);
  const podIP = async (of: string) => (await pod(of)).status?.podIP ?? '';
  const inPod = async (of: string, ...command: string[]) =>
    (await kubectl('exec', of, '--', ...command)).trim();
  const curl = ['curl', '-gsS', '--max-time', '5'];
  const dig = async (...question: string[]) =>
    (await inPod('tool', 'dig', '+short', ...question)).split('\n');
  const applied = (text: string) => cluster.kubectl.input(text, 'apply', '-f', '-');
  const madeService = (spec: object) =>
    applied(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'any' },
        spec: { ports: [{ port: 80 }], ...spec },
      }),
    );

  const balancerIP = () =>
    eventually(async () => {
      const [ingress, ...others] = (await service('balanced')).status?.loadBalancer?.ingress ?? [];
      assert.ok(isIPv6(ingress?.ip) && others.length === 0);
      return ingress?.ip ?? '';
    });

  before(async () => {
    cluster = await startCluster({ name: 'e2e-ipv6', nodes: 2, options: ['--ip-family', 'ipv6'] });
    await applied(manifest);
    await kubectl(
      'wait',
      '--for=condition=Ready',
      '--timeout=60s',
      ...['one', 'two', 'tool', 'host'].map((p) => `pod/${p}`),
    );
    await eventually(async () =>
      assert.equal(
        (await listOf<EndpointSlice>('endpointslices', '-l', 'kubernetes.io/service-name=web'))[0]?.endpoints
          ?.length,
        2,
      ),
    );
  });
  after(() => cluster?.down());

  test('has nodes, pods, Services and endpoints with one IPv6 address each', async () => {
    for (const { spec, status } of await listOf<Node>('nodes')) {
      const internal = status?.addresses?.filter(({ type }) => type === 'InternalIP') ?? [];
      assert.equal(internal.length, 1);
      assert.ok(isIPv6(internal[0]?.address));
      assert.equal(spec?.podCIDRs?.length, 1);
    }
    for (const { status } of await listOf<Pod>('pods', '-A')) {
      assert.equal(status?.podIPs?.length, 1);
      assert.ok(isIPv6(status.podIP) && isIPv6(status.hostIP));
    }
    for (const { metadata, spec } of await listOf<Service>('services', '-A')) {
      assert.deepEqual(spec?.ipFamilies, ['IPv6'], metadata.name);
      assert.ok(spec?.clusterIP === 'None' || isIPv6(spec?.clusterIP));
    }
    for (const { addressType } of await listOf<EndpointSlice>('endpointslices', '-A'))
      assert.equal(addressType, 'IPv6');
    assert.equal(
      (await kubectl('get', 'servicecidrs', '-o', 'jsonpath={.items[*].spec.cidrs}')).trim(),
      '["fd96::/112"]',
    );
  });

  test('has no IPv4 address in its kernels but loopback', async () => {
    const addresses = ['ip', '-4', '-o', 'address', 'show', 'scope', 'global'];
    for (const node of [first, second]) assert.equal(await cluster.inNode(node, ...addresses), '');
    assert.equal(await inPod('tool', ...addresses), '');
    assert.equal(await cluster.onLan(...addresses), '');
  });

  test('answers names with IPv6 addresses, at an IPv6 address', async () => {
    assert.match(await inPod('tool', 'cat', '/etc/resolv.conf'), /^nameserver fd96::a$/m);
    const { clusterIP = '' } = (await service('web')).spec ?? {};
    const full = 'web.default.svc.cluster.local';
    assert.deepEqual(await dig(full, 'AAAA'), [clusterIP]);
    assert.deepEqual(await dig(full, 'A'), ['']);
    assert.deepEqual(await dig('-x', clusterIP), [`${full}.`]);
    assert.deepEqual(await dig('+tcp', full, 'AAAA'), [clusterIP]);
    for (const from of ['one', 'host'])
      assert.match(await inPod(from, 'nslookup', full), new RegExp(`Address: ${clusterIP}`));
  });

  test('answers the name of a headless Service with its pods, and their addresses with names', async () => {
    const addresses = [await podIP('one'), await podIP('two')];
    assert.deepEqual((await dig('each.default.svc.cluster.local', 'AAAA')).sort(), addresses.toSorted());
    const names = addresses.map((ip) => `${ip.replaceAll(':', '-')}.each.default.svc.cluster.local.`);
    const targets = (await dig('_http._tcp.each.default.svc.cluster.local', 'SRV')).map(
      (line) => line.split(' ')[3],
    );
    assert.deepEqual(targets.sort(), names.toSorted());
    assert.ok((await dig('-x', addresses[0] ?? '')).includes(names[0] ?? ''));
    assert.match(await inPod('tool', ...curl, 'http://each:8080'), /^(one|two)$/);
  });

  test('carries Services from pods, from pods on the network of their node, and from nodes', async () => {
    const { clusterIP = '' } = (await service('web')).spec ?? {};
    const seen = new Set<string>();
    await eventually(async () => {
      seen.add(await inPod('tool', ...curl, 'http://web'));
      assert.equal(seen.size, 2);
    });
    assert.match(
      await inPod('host', 'wget', '-qO-', '-T', '5', `http://${bracketed(clusterIP)}`),
      /^(one|two)$/,
    );
    assert.match(await cluster.inNode(first, ...curl, `http://${bracketed(clusterIP)}`), /^(one|two)$/m);
    // To itself.
    assert.match(await inPod('one', 'wget', '-qO-', '-T', '5', 'http://web'), /^(one|two)$/);
  });

  test('serves its API to pods by address and by name, with a certificate for both', async () => {
    assert.match(await inPod('tool', 'env'), /^KUBERNETES_PORT=tcp:\/\/\[fd96::1\]:443$/m);
    const account = '/var/run/secrets/kubernetes.io/serviceaccount';
    const get = `curl -gsS --max-time 5 --cacert ${account}/ca.crt -H "Authorization: Bearer $(cat ${account}/token)"`;
    for (const host of ['[$KUBERNETES_SERVICE_HOST]', 'kubernetes.default.svc'])
      assert.match(await inPod('tool', 'sh', '-c', `${get} https://${host}:443/version`), /"minor":\s*"36"/);
  });

  test('answers on node ports outside the cluster, and on the loopback of the host', async () => {
    for (const { addresses } of cluster.record().nodes) {
      assert.equal(addresses.length, 1);
      assert.match(await cluster.onLan(...curl, `http://${bracketed(addresses[0])}:30080`), /^(one|two)$/m);
    }
    await eventually(async () =>
      assert.match((await fetchFrom(undefined, cluster.hostAddress, 30080)).body, /^(one|two)$/m),
    );
    const resolver = new Resolver({ timeout: 1_000 });
    resolver.setServers([`${cluster.hostAddress}:30053`]);
    assert.deepEqual(await eventually(() => resolver.resolve6('kubernetes.default.svc.cluster.local')), [
      'fd96::1',
    ]);
  });

  test('gives a LoadBalancer an IPv6 address, at which it answers outside the cluster', async () => {
    const address = await balancerIP();
    await eventually(async () =>
      assert.match(await cluster.onLan(...curl, `http://${bracketed(address)}:8000`), /^(one|two)$/m),
    );
    assert.match(await inPod('tool', ...curl, `http://${bracketed(address)}:8000`), /^(one|two)$/);
  });

  test('has logs, commands and forwarded ports of pods on every node', async () => {
    for (const name of ['one', 'two']) {
      assert.equal(await kubectl('logs', name), 'serves\n');
      assert.equal(await inPod(name, 'hostname'), name);
      const forward = cluster.kubectl.start('port-forward', `pod/${name}`, ':8080');
      try {
        assert.ok(forward.stdout);
        const lines = createInterface({ input: forward.stdout })[Symbol.asyncIterator]();
        const port = /127\.0\.0\.1:(\d+)/.exec(String((await lines.next()).value))?.[1];
        assert.equal((await fetchFrom(undefined, '127.0.0.1', Number(port))).body, `${name}\n`);
      } finally {
        forward.kill();
      }
      assert.equal(
        await kubectl('get', '--raw', `/api/v1/namespaces/default/pods/${name}:8080/proxy/`),
        `${name}\n`,
      );
    }
    assert.match(await kubectl('get', '--raw', `/api/v1/nodes/${second}/proxy/healthz`), /ok/);
  });

  test('lets a NetworkPolicy decide', async () => {
    await applied(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {matchLabels: {may: enter}}}, {ipBlock: {cidr: 'fd30::/16'}}]}]
`);
    const quick = ['curl', '-gsS', '--max-time', '1', 'http://web'];
    await eventually(() => assert.rejects(inPod('tool', ...quick)));
    await kubectl('label', 'pod', 'tool', 'may=enter');
    await eventually(async () => assert.match(await inPod('tool', ...quick), /^(one|two)$/));
    assert.match(
      await cluster.onLan(
        ...curl,
        `http://${bracketed(cluster.record().nodes[0]?.addresses[0] ?? '')}:30080`,
      ),
      /^(one|two)$/m,
    );
    await kubectl('delete', 'networkpolicy', 'web');
  });

  test('serves an Ingress', async () => {
    await applied(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules: [{host: web.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]
`);
    const node = cluster.record().nodes[1]?.addresses[0] ?? '';
    const ask = [...curl, '-H', 'Host: web.test'];
    await eventually(async () =>
      assert.match(await cluster.onLan(...ask, `http://${bracketed(node)}:32080`), /^(one|two)$/m),
    );
    await eventually(async () =>
      assert.ok(
        isIPv6(
          (
            await kubectl('get', 'ingress', 'web', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}')
          ).trim(),
        ),
      ),
    );
  });

  test('refuses IPv4 in the words of Kubernetes, and prefers both families by having one', async () => {
    const refused = (spec: object, reason: string) =>
      assert.rejects(madeService(spec), (err: Error) => err.message.includes(`"any" is invalid: ${reason}`));
    await refused(
      { ipFamilies: ['IPv4'] },
      'spec.ipFamilies[0]: Invalid value: "IPv4": not configured on this cluster',
    );
    await refused(
      { ipFamilyPolicy: 'RequireDualStack' },
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    );
    await refused(
      { clusterIP: '10.96.0.77' },
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.77"]: IPv4 is not configured on this cluster',
    );
    await madeService({ ipFamilyPolicy: 'PreferDualStack' });
    assert.equal((await service('any')).spec?.clusterIPs?.length, 1);
  });

  test('has its load balancers on another node while one is unplugged, and that one back with its pods', async () => {
    const balanced = `http://${bracketed(await balancerIP())}:8000`;
    await cluster.switchboard('node', 'stop', second);
    await eventually(async () =>
      assert.match(await cluster.onLan('curl', '-gsS', '--max-time', '1', balanced), /^one$/m),
    );
    await cluster.switchboard('node', 'start', second);
    const two = `http://${bracketed(await podIP('two'))}:8080`;
    await eventually(async () => assert.equal(await inPod('tool', ...curl, two), 'two'));
  });

  test('cannot become another by a second up, which says what to do', async () => {
    const same = ['up', '--hermetic', '--kubeconfig', cluster.kubeconfig];
    await cluster.switchboard(...same);
    await cluster.switchboard(...same, '--ip-family', 'ipv6');
    await assert.rejects(
      cluster.switchboard(...same, '--ip-family', 'dual'),
      /Cannot change the address ranges of cluster e2e-ipv6, which are --ip-family ipv6 .*: take it down first with: switchboard down --name e2e-ipv6/,
    );
  });
});
