/** NetworkPolicies on two nodes of real namespaces: directly, by Services, over IPv4 and IPv6. */
import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { EndpointSlice, Namespace, NetworkPolicy, Pod, Service } from '../../src/api/types.ts';
import { familyOf } from '../../src/lib/ip.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';
import { nodeEndOf, nodeEndPrefix } from '../../src/network/podLink.ts';
import { syncRoutes } from '../../src/network/routeSync.ts';
import type { Nft } from '../../src/nft/contract.ts';
import { kernelNft } from '../../src/nft/kernel.ts';
import { type PolicySync, startPolicy } from '../../src/policy/sync.ts';
import { kernelForget } from '../../src/proxy/forget.ts';
import { startProxy } from '../../src/proxy/sync.ts';
import { eventually } from '../support/eventually.ts';
import { TestInformer } from '../support/informer.ts';
import { namespace, policy, policyPod } from '../support/policies.ts';
import { service, slice } from '../support/services.ts';
import { callUdp, clusterCIDRs, serviceCIDRs, type TestNode, type TestPod, World } from '../support/world.ts';

const fromClient = `  podSelector: {matchLabels: {app: x}}
  ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{port: http}]}]`;

describe('NetworkPolicies on two nodes', { timeout: 170_000 }, () => {
  let world: World;
  let [one, two]: TestNode[] = [];
  let [client, x, z, other]: TestPod[] = [];
  const services = new TestInformer<Service>();
  const slices = new TestInformer<EndpointSlice>();
  const policies = new TestInformer<NetworkPolicy>();
  const pods = new TestInformer<Pod>();
  const namespaces = new TestInformer<Namespace>(namespace('default'), namespace('team-a', { team: 'a' }));
  const kernels = new Map<string, Nft>();
  const syncs = new Map<string, PolicySync>();

  const startOn = (node: TestNode): PolicySync => {
    const sync = startPolicy({
      policies,
      watch: () => ({ pods, namespaces }),
      nft: kernelNft(node.netns),
      nodeName: node.name,
      links: { prefix: nodeEndPrefix, of: nodeEndOf },
    });
    syncs.set(node.name, sync);
    world.onClose(() => sync.stop());
    return sync;
  };
  const addPod = async (node: TestNode, name: string, home = 'default') => {
    const pod = await world.addPod(node, name);
    const ports = { http: 8080 };
    pods.put(policyPod({ name, namespace: home, node: node.name, ips: [pod.ip, pod.ip6], ports }));
    return pod;
  };
  const serve = async ({ netns, uid }: TestPod) => {
    for (const address of ['0.0.0.0', '::']) await world.serveTcp(netns, 8080, uid, address);
    await world.serveTcp(netns, 8081, uid);
    await world.serveUdp(netns, 5353, uid);
  };
  /** Everything that was put into the informers is in both kernels. */
  const settled = async () => {
    // Nobody tells: what is written is begun by then, and the kernel answers in turn.
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const nft of kernels.values()) await nft.list('tables');
  };
  const put = async (...wanted: NetworkPolicy[]) => {
    policies.put(...wanted);
    await settled();
  };
  /** Silence is what a dropped packet gets; half a second of it is enough inside one machine. */
  const passes = async (from: string, to: string, port = 8080): Promise<boolean> => {
    const fd = socketIn(from, { type: 'tcp', family: familyOf(to) });
    const socket = new Socket({ fd, manualStart: true } as object);
    // What came while this process had to wait for its turn is heard first.
    socket.setTimeout(500, () => setTimeout(() => socket.destroy(), 100));
    const said = new Promise<boolean>((resolve) => {
      socket.on('data', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
    });
    socket.connect({ host: to, port });
    const isAnswered = await said;
    socket.destroy();
    return isAnswered;
  };
  const udpPasses = async (from: string, to: string, port: number) => {
    const socket = await world.udpClient(from);
    return callUdp(socket, to, port, 500).then(
      () => true,
      () => false,
    );
  };

  before(setUp, { timeout: 60_000 });
  after(tearDown, { timeout: 60_000 });
  beforeEach(async () => {
    for (const { metadata } of [...policies.list()])
      policies.delete(`${metadata.namespace}/${metadata.name}`);
    await settled();
  });

  async function setUp() {
    world = new World();
    [one, two] = [world.addNode(1), world.addNode(2)];
    const nodes = new TestInformer(one.object, two.object);
    [client, x, z, other] = [
      await addPod(one, 'client'),
      await addPod(one, 'x'),
      await addPod(two, 'z'),
      await addPod(two, 'other', 'team-a'),
    ];
    services.put(
      service({ name: 'x', clusterIPs: ['10.96.0.20', 'fd96::20'], nodePort: 30080 }),
      service({ name: 'dns', clusterIPs: ['10.96.0.10'], port: 53, protocol: 'UDP' }),
    );
    slices.put(
      slice('x', [{ address: x.ip, node: one.name }]),
      slice('x', [{ address: x.ip6, node: one.name }], { name: 'x-6', family: 6 }),
      slice('dns', [{ address: z.ip, node: two.name }], { protocol: 'UDP', port: 5353 }),
    );
    for (const pod of [x, z, client]) await serve(pod);
    for (const node of [one, two]) {
      const nft = kernelNft(node.netns);
      kernels.set(node.name, nft);
      const routes = syncRoutes({ nodes, nodeName: node.name, netns: node.netns });
      const forget = kernelForget(node.netns);
      const proxy = startProxy({
        services,
        slices,
        nft,
        nodeName: node.name,
        serviceCIDRs,
        clusterCIDRs,
        forget,
      });
      world.onClose(() => routes.stop());
      world.onClose(() => proxy.stop());
      await Promise.all([routes.synced, proxy.synced, startOn(node).synced]);
    }
  }

  async function tearDown() {
    for (const nft of kernels.values()) await nft.close();
    await world[Symbol.asyncDispose]();
  }

  const tables = async (node: TestNode) => JSON.stringify(await kernels.get(node.name)?.list('tables'));

  test('without policies there is no table', async () => {
    assert.doesNotMatch(await tables(one!), /switchboard-policy/);
    assert.ok(await passes(client!.netns, x!.ip));
    await put(policy('deny', '  podSelector: {}'));
    assert.match(await tables(one!), /switchboard-policy/);
  });

  test('default deny closes pods to each other, on one node and between nodes, and not to their own node', async () => {
    await put(policy('deny', '  podSelector: {}'));
    for (const [from, to] of [
      [client!, x!.ip],
      [client!, x!.ip6],
      [z!, x!.ip],
      [z!, x!.ip6],
      [other!, z!.ip],
    ] as const)
      assert.ok(!(await passes(from.netns, to)), `${from.uid} → ${to}`);
    assert.ok(!(await passes(world.lan, one!.ips[0], 30080)));
    assert.ok(!(await passes(two!.netns, x!.ip)));
    assert.ok(await passes(one!.netns, x!.ip));
    assert.ok(await passes(one!.netns, x!.ip6));
    assert.ok(await passes(one!.netns, '10.96.0.20', 80));
    assert.ok(await passes(x!.netns, x!.ip));
    assert.ok(await passes(x!.netns, '10.96.0.20', 80), 'a pod reaches itself by its Service');
  });

  test('a label lets in: directly, by the Service, by name of the port, over both families', async () => {
    await put(policy('x', fromClient));
    for (const [to, port] of [
      [x!.ip, 8080],
      [x!.ip6, 8080],
      ['10.96.0.20', 80],
      ['fd96::20', 80],
    ] as const) {
      assert.ok(await passes(client!.netns, to, port), `client → ${to}`);
      assert.ok(!(await passes(z!.netns, to, port)), `z → ${to}`);
    }
    assert.ok(!(await passes(client!.netns, x!.ip, 8081)), 'another port');
  });

  test('labels that change let in and shut out while everything runs', async () => {
    await put(policy('x', fromClient));
    const pod = { name: 'z', node: two!.name, ips: [z!.ip, z!.ip6], ports: { http: 8080 } };
    pods.put(policyPod({ ...pod, labels: { app: 'client' } }));
    await settled();
    assert.ok(await passes(z!.netns, x!.ip));
    pods.put(policyPod(pod));
    await settled();
    assert.ok(!(await passes(z!.netns, x!.ip)));
  });

  test('a namespace lets in', async () => {
    await put(
      policy(
        'z',
        '  podSelector: {matchLabels: {app: z}}\n  ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}]',
      ),
    );
    assert.ok(await passes(other!.netns, z!.ip));
    assert.ok(!(await passes(client!.netns, z!.ip)));
    assert.ok(!(await passes(client!.netns, z!.ip6)));
  });

  test('egress to DNS only, by the Service’s address', async () => {
    const toDns = `  podSelector: {matchLabels: {app: client}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: z}}}], ports: [{protocol: UDP, port: 5353}]}]`;
    await put(policy('dns', toDns));
    assert.ok(await udpPasses(client!.netns, '10.96.0.10', 53));
    assert.ok(!(await passes(client!.netns, z!.ip)));
    assert.ok(!(await passes(client!.netns, x!.ip)));
    assert.ok(!(await udpPasses(client!.netns, x!.ip, 5353)));
    assert.ok(await passes(z!.netns, client!.ip), 'what comes in is not its business');
  });

  test('ranges of addresses, with exceptions, see the client before it is masqueraded', async () => {
    const lan = '172.30.0.1';
    const block = (except: string) =>
      policy(
        'x',
        `  podSelector: {matchLabels: {app: x}}\n  ingress: [{from: [{ipBlock: {cidr: 172.30.0.0/20${except}}}]}]`,
      );
    await put(block(''));
    assert.ok(await passes(world.lan, one!.ips[0], 30080));
    assert.ok(!(await passes(client!.netns, x!.ip)));
    await put(block(`, except: [${lan}/32]`));
    assert.ok(!(await passes(world.lan, one!.ips[0], 30080)));
    assert.ok(await passes(two!.netns, x!.ip));
  });

  test('the kernel takes every kind of rule', async () => {
    await put(
      policy(
        'all',
        `  podSelector: {matchLabels: {app: x}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock: {cidr: "fd00::/8", except: ["fd44:0:0:2::/64", "fd55::/16"]}
    - ipBlock: {cidr: 10.0.0.0/8, except: [10.244.2.0/24]}
    - ipBlock: {cidr: "::/0", except: ["fd00::/8"]}
    - ipBlock: {cidr: 192.0.2.0/24}
    - ipBlock: {cidr: 192.0.2.0/25}
    ports: [{protocol: SCTP, port: 9000, endPort: 9010}, {port: 8080}, {protocol: UDP}]
  egress:
  - to: [{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [b, c]}]}}]
    ports: [{port: http}, {protocol: SCTP, port: http}]`,
      ),
    );
    const table = JSON.stringify(await kernels.get(one!.name)?.list('table inet switchboard-policy'));
    assert.match(table, /sctp/);
    for (const [from, is] of [
      [client!, true],
      [z!, false],
    ] as const) {
      assert.equal(await passes(from.netns, x!.ip), is, `${from.uid} over IPv4`);
      assert.equal(await passes(from.netns, x!.ip6), is, `${from.uid} over IPv6`);
    }
    assert.ok(await passes(x!.netns, z!.ip));
    assert.ok(!(await passes(x!.netns, z!.ip, 8081)));
  });

  test('what a new policy forbids stops, also where it had begun', async () => {
    const udp = await world.udpClient(client!.netns);
    assert.match(await callUdp(udp, x!.ip, 5353), /^uid-x/);
    await put(policy('deny', '  podSelector: {}'));
    await assert.rejects(callUdp(udp, x!.ip, 5353, 500), /no answer/);
    policies.delete('default/deny');
    await settled();
    assert.match(await callUdp(udp, x!.ip, 5353), /^uid-x/);
  });

  test('a pod that comes later is closed until it is known, and then as its policies say', async () => {
    await put(policy('x', fromClient), policy('late', '  podSelector: {matchLabels: {app: late}}'));
    const late = await world.addPod(one!, 'late');
    await serve(late);
    assert.ok(!(await passes(late.netns, z!.ip)), 'its link is not known');
    const pod = policyPod({ name: 'late', node: one!.name, ips: [late.ip, late.ip6] });
    pods.put(policyPod({ name: 'late', node: one!.name }));
    await syncs.get(one!.name)?.beforeStart(pod);
    assert.ok(await passes(late.netns, z!.ip));
    assert.ok(!(await passes(client!.netns, late.ip)));
  });

  test('a start anew never opens what was closed', async () => {
    await put(policy('deny', '  podSelector: {}'));
    syncs.get(one!.name)?.stop();
    assert.ok(!(await passes(client!.netns, x!.ip)), 'nobody is there');
    let isOver = false;
    const probing = (async () => {
      const udp = await world.udpClient(client!.netns);
      let answers = 0;
      udp.on('message', () => answers++);
      while (!isOver) {
        udp.send('?', 5353, x!.ip);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return answers;
    })();
    for (let n = 0; n < 5; n++) {
      const sync = startOn(one!);
      await sync.synced;
      sync.stop();
    }
    isOver = true;
    assert.equal(await probing, 0);
    await startOn(one!).synced;
    policies.delete('default/deny');
    await eventually(async () => assert.ok(await passes(client!.netns, x!.ip)));
  });
});
