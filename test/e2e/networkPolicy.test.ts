/** NetworkPolicies as people write them, with the real kubectl, between pods on two nodes. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Pod } from '../../src/api/types.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { backAgain, killHard } from '../support/faults.ts';

const name = 'e2e-networkpolicy';
const [first, second] = [`${name}-1`, `${name}-2`];

interface Tier {
  name: string;
  tier: string;
  node: string;
  port: number;
  namespace?: string;
}

/** A web server that says its name, under a port that has a name, and its Service. */
const server = ({ name: pod, tier, node, port, namespace = 'production' }: Tier): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${pod}, namespace: ${namespace}, labels: {tier: ${tier}}}
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: busybox
    command: [sh, -c, "mkdir /www && echo ${pod} > /www/index.html && httpd -f -p ${port} -h /www"]
    ports: [{name: serve, containerPort: ${port}}]
    readinessProbe: {httpGet: {port: ${port}, path: /}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: ${pod}, namespace: ${namespace}}
spec:
  ipFamilyPolicy: PreferDualStack
  selector: {tier: ${tier}}
  ports: [{port: 80, targetPort: serve}]
---
`;

const defaultDeny = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny-all, namespace: production}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
`;
const allowDns = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-dns, namespace: production}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {name: kube-system}}}]
    ports: [{protocol: UDP, port: 53}]
---
`;
/** Both ends: one tier may call the next. */
const allow = (from: string, to: string, port: number | string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${to}-allow-${from}, namespace: production}
spec:
  podSelector: {matchLabels: {tier: ${to}}}
  ingress:
  - from: [{podSelector: {matchLabels: {tier: ${from}}}}]
    ports: [{port: ${port}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${from}-to-${to}, namespace: production}
spec:
  podSelector: {matchLabels: {tier: ${from}}}
  policyTypes: [Egress]
  egress:
  - to: [{podSelector: {matchLabels: {tier: ${to}}}}]
    ports: [{port: ${port}}]
---
`;

describe('NetworkPolicies', { timeout: 280_000 }, () => {
  let cluster: TestCluster;
  const ips = new Map<string, string[]>();

  before(async () => {
    cluster = await startCluster({ name, nodes: 2 });
    const { kubectl } = cluster;
    await kubectl('create', 'namespace', 'production');
    await kubectl('create', 'namespace', 'team');
    await kubectl('label', 'namespace', 'team', 'name=team');
    const manifest = [
      server({ name: 'frontend', tier: 'frontend', node: first, port: 3000 }),
      server({ name: 'backend', tier: 'backend', node: second, port: 8080 }),
      server({ name: 'database', tier: 'database', node: second, port: 5432 }),
      server({ name: 'stranger', tier: 'backend', node: first, port: 8080, namespace: 'team' }),
    ].join('');
    await kubectl.input(manifest, 'apply', '-f', '-');
    for (const namespace of ['production', 'team']) {
      await kubectl('-n', namespace, 'wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s');
      await learnAddresses(namespace);
    }
  });
  after(() => cluster?.down());

  async function learnAddresses(namespace: string): Promise<void> {
    const { items } = await cluster.kubectl.json<{ items: Pod[] }>('-n', namespace, 'get', 'pods');
    for (const { metadata, status } of items)
      ips.set(
        metadata.name,
        (status?.podIPs ?? []).map(({ ip }) => ip ?? ''),
      );
  }
  const namespaceOf = (pod: string) => (pod === 'stranger' ? 'team' : 'production');
  const inPod = (pod: string, ...command: string[]) =>
    cluster.kubectl.attempt('-n', namespaceOf(pod), 'exec', pod, '--', ...command);
  const get = async (pod: string, url: string): Promise<string> => {
    const { code, stdout } = await inPod(pod, 'wget', '-q', '-T', '1', '-O-', url);
    return code === 0 ? stdout.trim() : 'closed';
  };
  const answers = (from: string, url: string, wanted: string) =>
    eventually(async () => assert.equal(await get(from, url), wanted));
  /** Directly, over both families. */
  const directly = (from: string, to: string, port: number): Promise<string[]> => {
    const [ip = '', ip6 = ''] = ips.get(to) ?? [];
    return Promise.all([get(from, `http://${ip}:${port}/`), get(from, `http://[${ip6}]:${port}/`)]);
  };
  const opens = (from: string, to: string, port: number) =>
    eventually(async () => assert.deepEqual(await directly(from, to, port), [to, to]));
  const closes = (from: string, to: string, port: number) =>
    eventually(async () => assert.deepEqual(await directly(from, to, port), ['closed', 'closed']));
  const apply = (manifest: string) => cluster.kubectl.input(manifest, 'apply', '-f', '-');
  const tableIn = (node: string) => cluster.inNode(node, 'nft', 'list', 'tables');

  test('a cluster without policies has no table of them, and everything is open', async () => {
    for (const node of [first, second]) assert.doesNotMatch(await tableIn(node), /switchboard-policy/);
    await opens('frontend', 'database', 5432);
    await opens('stranger', 'backend', 8080);
    await answers('frontend', 'http://database', 'database');
  });

  test('default deny closes running pods, in both directions, and leaves them Ready', async () => {
    await apply(defaultDeny);
    await closes('frontend', 'backend', 8080);
    await closes('backend', 'database', 5432);
    await closes('stranger', 'frontend', 3000);
    await closes('frontend', 'stranger', 8080);
    assert.equal(await get('stranger', 'http://backend.production'), 'closed');
    assert.equal((await inPod('frontend', 'nslookup', '-timeout=1', 'backend')).code, 1);
    await cluster.kubectl(
      '-n',
      'production',
      'wait',
      '--for=condition=Ready',
      'pod',
      '--all',
      '--timeout=60s',
    );
  });

  test('egress to DNS resolves names, and nothing else', async () => {
    await apply(allowDns);
    await eventually(async () =>
      assert.equal((await inPod('frontend', 'nslookup', 'backend.production.svc.cluster.local')).code, 0),
    );
    await closes('frontend', 'backend', 8080);
  });

  test('tier by tier: frontend to backend to database, directly and by Services, and no shortcut', async () => {
    await apply(allow('frontend', 'backend', 8080) + allow('backend', 'database', 'serve'));
    await opens('frontend', 'backend', 8080);
    await opens('backend', 'database', 5432);
    await answers('frontend', 'http://backend', 'backend');
    await answers('backend', 'http://database.production.svc.cluster.local', 'database');
    await closes('frontend', 'database', 5432);
    await closes('backend', 'frontend', 3000);
    await closes('stranger', 'database', 5432);
    assert.equal(await get('frontend', 'http://database'), 'closed');
  });

  test('kubectl describes a policy', async () => {
    const said = await cluster.kubectl(
      '-n',
      'production',
      'describe',
      'networkpolicy',
      'database-allow-backend',
    );
    assert.match(said, /PodSelector:\s+tier=database/);
    assert.match(
      said,
      /Allowing ingress traffic:\n\s+To Port: serve\/TCP\n\s+From:\n\s+PodSelector: tier=backend/,
    );
    assert.match(said, /Not affecting egress traffic\n\s+Policy Types: Ingress/);
    const table = await cluster.kubectl('-n', 'production', 'get', 'netpol', 'default-deny-all');
    assert.match(table, /POD-SELECTOR.*\ndefault-deny-all\s+<none>/);
  });

  test('pods that come later are as closed and as open', async () => {
    await apply(
      [
        server({ name: 'late', tier: 'frontend', node: second, port: 3000 }),
        server({ name: 'nobody', tier: 'nobody', node: first, port: 3000 }),
      ].join(''),
    );
    await cluster.kubectl(
      '-n',
      'production',
      'wait',
      '--for=condition=Ready',
      'pod',
      '--all',
      '--timeout=60s',
    );
    await learnAddresses('production');
    await opens('late', 'backend', 8080);
    assert.deepEqual(await directly('late', 'database', 5432), ['closed', 'closed']);
    assert.deepEqual(await directly('nobody', 'backend', 8080), ['closed', 'closed']);
    assert.deepEqual(await directly('stranger', 'nobody', 3000), ['closed', 'closed']);
  });

  test('a label that changes opens and closes', async () => {
    await cluster.kubectl('-n', 'production', 'label', 'pod', 'nobody', 'tier=frontend', '--overwrite');
    await opens('nobody', 'backend', 8080);
    await cluster.kubectl('-n', 'production', 'label', 'pod', 'nobody', 'tier=nobody', '--overwrite');
    await closes('nobody', 'backend', 8080);
  });

  test('a namespace is let in by its label, as long as it has it', async () => {
    await apply(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: team, namespace: production}
spec:
  podSelector: {matchLabels: {tier: database}}
  ingress:
  - from: [{namespaceSelector: {matchLabels: {name: team}}}]
    ports: [{port: 5000, endPort: 6000}]
`);
    await opens('stranger', 'database', 5432);
    await answers('stranger', 'http://database.production', 'database');
    await closes('stranger', 'backend', 8080);
    await cluster.kubectl('label', 'namespace', 'team', 'name-');
    await closes('stranger', 'database', 5432);
  });

  test('an ipBlock lets in all but what it excepts', async () => {
    const block = (except: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: block, namespace: production}
spec:
  podSelector: {matchLabels: {tier: frontend}}
  ingress:
  - from: [{ipBlock: {cidr: 10.244.0.0/16${except}}}]
    ports: [{port: 3000}]
`;
    const [ip = ''] = ips.get('stranger') ?? [];
    const url = `http://${ips.get('frontend')?.[0]}:3000/`;
    await apply(block(''));
    await answers('stranger', url, 'frontend');
    await apply(block(`, except: [${ip}/32]`));
    await answers('stranger', url, 'closed');
  });

  test('kill -9 of the agents opens nothing that is closed', async () => {
    const { kubectl } = cluster;
    const url = `http://${ips.get('database')?.[0]}:5432/`;
    const script = `while true; do (wget -q -T 1 -O- ${url} 2>/dev/null && echo OPEN || echo closed) & sleep 0.1; done`;
    await kubectl('run', 'prober', '-n', 'team', '--image=busybox', '--', 'sh', '-c', script);
    const probes = async () => (await kubectl('-n', 'team', 'logs', 'prober')).split('\n').filter(Boolean);
    const moreProbes = async () => {
      const before = (await probes()).length;
      await eventually(async () => assert.ok((await probes()).length >= before + 20));
    };
    await eventually(probes);
    await moreProbes();
    for (const node of [first, second]) {
      const killed = await killHard(cluster, 'agent', node);
      await backAgain(cluster, 'agent', killed, moreProbes, 60_000);
    }
    assert.deepEqual([...new Set(await probes())], ['closed']);
    await opens('backend', 'database', 5432);
    await closes('frontend', 'database', 5432);
  });

  test('a node that was switched off and on again is as closed and as open as before', async () => {
    await cluster.switchboard('node', 'stop', second);
    await cluster.switchboard('node', 'start', second);
    await opens('frontend', 'backend', 8080);
    await opens('backend', 'database', 5432);
    await closes('frontend', 'database', 5432);
    assert.match(await tableIn(second), /switchboard-policy/);
  });

  test('without its policies a cluster is open again, and the table is gone', async () => {
    await cluster.kubectl('-n', 'production', 'delete', 'networkpolicy', '--all');
    await opens('stranger', 'frontend', 3000);
    await opens('frontend', 'database', 5432);
    for (const node of [first, second])
      await eventually(async () => assert.doesNotMatch(await tableIn(node), /switchboard-policy/));
  });
});
