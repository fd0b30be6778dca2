import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EndpointSlice, Service } from '../../src/api/types.ts';
import { addTarget } from '../../src/lib/linux/netlink/addresses.ts';
import { findLink } from '../../src/lib/linux/netlink/links.ts';
import { netlink } from '../../src/lib/linux/netlink/socket.ts';
import { connectIn } from '../../src/lib/linux/sockets.ts';
import { syncRoutes } from '../../src/network/routeSync.ts';
import type { Nft } from '../../src/nft/contract.ts';
import { kernelNft } from '../../src/nft/kernel.ts';
import { kernelForget } from '../../src/proxy/forget.ts';
import { type Proxy, startProxy } from '../../src/proxy/sync.ts';
import { eventually } from '../support/eventually.ts';
import { TestInformer } from '../support/informer.ts';
import { service, slice } from '../support/services.ts';
import {
  callTcp,
  callUdp,
  clusterCIDRs,
  failureOf,
  serviceCIDRs,
  type TestNode,
  type TestPod,
  World,
} from '../support/world.ts';

describe('Services on two nodes', { timeout: 170_000 }, () => {
  let world: World;
  let [one, two]: TestNode[] = [];
  let [client, x, y, z]: TestPod[] = [];
  const services = new TestInformer<Service>();
  const slices = new TestInformer<EndpointSlice>();
  const kernels = new Map<string, Nft>();
  const proxies: Proxy[] = [];

  const start = (node: TestNode) => {
    const nft = kernels.get(node.name) ?? kernelNft(node.netns);
    kernels.set(node.name, nft);
    const forget = kernelForget(node.netns);
    const ranges = { serviceCIDRs, clusterCIDRs };
    const nodes = new TestInformer(node.object);
    const proxy = startProxy({
      services,
      slices,
      nodes,
      nft,
      nodeName: node.name,
      hasPools: true,
      ...ranges,
      forget,
    });
    proxies.push(proxy);
    return proxy;
  };
  /** Everything that was put into the informers is in both kernels. */
  const settled = async () => {
    await Promise.all(proxies.map((proxy) => proxy.settled()));
  };
  const endpoints = (...pods: TestPod[]) => pods.map(({ ip, node }) => ({ address: ip, node: node.name }));
  const endpoints6 = (...pods: TestPod[]) => pods.map(({ ip6, node }) => ({ address: ip6, node: node.name }));

  before(setUp, { timeout: 60_000 });
  after(tearDown, { timeout: 60_000 });

  async function setUp() {
    world = new World();
    [one, two] = [world.addNode(1), world.addNode(2)];
    const nodes = new TestInformer(one.object, two.object);
    services.put(
      service({ name: 'web', clusterIPs: ['10.96.0.20', 'fd96::20'], nodePort: 30080 }),
      service({ name: 'empty', clusterIPs: ['10.96.0.21'], nodePort: 30081 }),
      service({ name: 'echo', clusterIPs: ['10.96.0.22'], port: 53, protocol: 'UDP', nodePort: 30053 }),
      service({ name: 'empty-udp', clusterIPs: ['10.96.0.23'], port: 53, protocol: 'UDP' }),
      service({
        name: 'local',
        clusterIPs: ['10.96.0.24'],
        nodePort: 30084,
        spec: { externalTrafficPolicy: 'Local' },
      }),
      service({
        name: 'sticky',
        clusterIPs: ['10.96.0.25', 'fd96::25'],
        spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } },
      }),
    );
    [client, x, y, z] = [
      await world.addPod(one, 'client'),
      await world.addPod(one, 'x'),
      await world.addPod(one, 'y'),
      await world.addPod(two, 'z'),
    ];
    slices.put(
      slice('web', endpoints(x, y, z)),
      slice('web', endpoints6(x, y, z), { name: 'web-6', family: 6 }),
      slice('echo', endpoints(x), { protocol: 'UDP', port: 5353 }),
      slice('local', endpoints(z)),
      slice('sticky', endpoints(x, y, z)),
      slice('sticky', endpoints6(x, y, z), { name: 'sticky-6', family: 6 }),
    );
    for (const pod of [x, y, z]) {
      await world.serveTcp(pod.netns, 8080, pod.uid);
      await world.serveTcp(pod.netns, 8080, pod.uid, '::');
      await world.serveUdp(pod.netns, 5353, pod.uid);
    }
    for (const node of [one, two]) {
      const routes = syncRoutes({ nodes, nodeName: node.name, netns: node.netns });
      const proxy = start(node);
      world.onClose(() => routes.stop());
      world.onClose(() => proxy.stop());
      await Promise.all([routes.synced, proxy.synced]);
    }
  }

  async function tearDown() {
    for (const nft of kernels.values()) await nft.close();
    await world[Symbol.asyncDispose]();
  }

  const callMany = async (netns: string, host: string, port: number, times = 60) => {
    const said = new Set<string>();
    for (let n = 0; n < times; n++) said.add(await callTcp(netns, host, port));
    return [...said].sort();
  };

  test('a pod reaches all endpoints of a ClusterIP, on both nodes, under its own address', async () => {
    const seen = await callMany(client!.netns, '10.96.0.20', 80);
    assert.deepEqual(
      seen,
      ['x', 'y', 'z'].map((pod) => `uid-${pod} ${client!.ip}`),
    );
  });

  test('and over IPv6', async () => {
    const seen = await callMany(client!.netns, 'fd96::20', 80);
    assert.deepEqual(
      seen,
      ['x', 'y', 'z'].map((pod) => `uid-${pod} ${client!.ip6}`),
    );
  });

  test('a node reaches a ClusterIP', async () => {
    const seen = await callMany(two!.netns, '10.96.0.20', 80);
    assert.deepEqual(
      seen,
      ['x', 'y', 'z'].map((pod) => `uid-${pod} ${two!.ips[0]}`),
    );
  });

  test('a pod that reaches itself through its Service comes from its node', async () => {
    const seen = await callMany(x!.netns, '10.96.0.20', 80);
    assert.deepEqual(seen, [`uid-x ${one!.ips[0]}`, `uid-y ${x!.ip}`, `uid-z ${x!.ip}`]);
    const seen6 = await callMany(x!.netns, 'fd96::20', 80);
    assert.deepEqual(seen6, [`uid-x ${one!.ips[1]}`, `uid-y ${x!.ip6}`, `uid-z ${x!.ip6}`]);
  });

  test('from the LAN a NodePort answers on every node, wherever the endpoints are', async () => {
    for (const node of [one!, two!]) {
      const seen = await callMany(world.lan, node.ips[0], 30080);
      assert.deepEqual(
        seen,
        ['x', 'y', 'z'].map((pod) => `uid-${pod} ${node.ips[0]}`),
      );
      const seen6 = await callMany(world.lan, node.ips[1], 30080);
      assert.deepEqual(
        seen6,
        ['x', 'y', 'z'].map((pod) => `uid-${pod} ${node.ips[1]}`),
      );
    }
  });

  test('a NodePort answers on 127.0.0.1 inside the node, and to pods', async () => {
    const seen = await callMany(one!.netns, '127.0.0.1', 30080);
    assert.deepEqual(
      seen,
      ['x', 'y', 'z'].map((pod) => `uid-${pod} ${one!.ips[0]}`),
    );
    assert.match(await callTcp(one!.netns, one!.ips[0], 30080), /^uid-/);
    assert.match(await callTcp(client!.netns, two!.ips[0], 30080), /^uid-/);
  });

  test('under externalTrafficPolicy Local the client keeps its address', async () => {
    assert.equal(await callTcp(world.lan, two!.ips[0], 30084), 'uid-z 172.30.0.1');
    assert.equal(await failureOf(callTcp(world.lan, one!.ips[0], 30084)), 'Error: no answer');
  });

  test('but pods and nodes reach its endpoints from anywhere', async () => {
    assert.equal(await callTcp(client!.netns, one!.ips[0], 30084), `uid-z ${client!.ip}`);
    assert.equal(await callTcp(one!.netns, one!.ips[0], 30084), `uid-z ${one!.ips[0]}`);
    assert.equal(await callTcp(one!.netns, '127.0.0.1', 30084), `uid-z ${one!.ips[0]}`);
    // At another node it is from outside.
    assert.equal(await callTcp(client!.netns, two!.ips[0], 30084), `uid-z ${client!.ip}`);
  });

  test('a client of a Service with session affinity stays with one endpoint', async () => {
    for (const address of ['10.96.0.25', 'fd96::25'])
      assert.equal((await callMany(client!.netns, address, 80, 20)).length, 1);
  });

  test('a client stays with its endpoint when others come and go', async () => {
    const [before = ''] = await callMany(client!.netns, '10.96.0.25', 80, 3);
    const mine = [x!, y!, z!].filter(({ uid }) => before.startsWith(uid));
    slices.put(slice('sticky', endpoints(...mine)));
    await settled();
    slices.put(slice('sticky', endpoints(x!, y!, z!)));
    await settled();
    assert.deepEqual(await callMany(client!.netns, '10.96.0.25', 80, 10), [before]);
  });

  test('a client whose endpoint left stays with the next one, though the first comes back', async () => {
    for (const [address, name, of] of [
      ['10.96.0.25', 'sticky', endpoints],
      ['fd96::25', 'sticky-6', endpoints6],
    ] as const) {
      const put = async (...pods: TestPod[]) => {
        slices.put(slice('sticky', of(...pods), { name, family: address.includes(':') ? 6 : 4 }));
        await settled();
      };
      const [first = ''] = await callMany(client!.netns, address, 80, 3);
      await put(...[x!, y!, z!].filter(({ uid }) => !first.startsWith(uid)));
      const [second = '', ...more] = await callMany(client!.netns, address, 80, 10);
      assert.deepEqual(more, []);
      assert.notEqual(second, first);
      await put(x!, y!, z!);
      assert.deepEqual(await callMany(client!.netns, address, 80, 10), [second]);
    }
  });

  test('a client stays with its endpoint over a new start of the proxy and a new range of Services', async () => {
    for (const [address, ip] of [
      ['10.96.0.25', client!.ip],
      ['fd96::25', client!.ip6],
    ] as const) {
      const [before = ''] = await callMany(client!.netns, address, 80, 3);
      assert.match(before, new RegExp(` ${ip}$`));
      for (let n = 0; n < 5; n++) {
        const again = start(one!);
        await again.synced;
        again.setServiceCIDRs([...serviceCIDRs, '10.200.0.0/24']);
        await settled();
        assert.deepEqual(await callMany(client!.netns, address, 80, 3), [before]);
        again.stop();
      }
    }
  });

  test('a client is remembered as long as it comes back, and forgotten when it stays away', async () => {
    const kernel = kernels.get('node-1');
    const remembered = async (map: string) => {
      const listed = await kernel?.list(`map inet switchboard-proxy ${map}`);
      const { nftables } = listed as { nftables: { map?: { elem?: [{ elem: { timeout: number } }][] } }[] };
      const all = nftables.flatMap(({ map }) => map?.elem ?? []);
      return all.filter(([{ elem }]) => elem.timeout === 4).length;
    };
    const spec = { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 4 } } };
    services.put(service({ name: 'brief', clusterIPs: ['10.96.0.26', 'fd96::26'], spec }));
    slices.put(
      slice('brief', endpoints(x!, y!, z!)),
      slice('brief', endpoints6(x!, y!, z!), { name: 'brief-6', family: 6 }),
    );
    await settled();
    const seen = { '10.96.0.26': new Set<string>(), 'fd96::26': new Set<string>() };
    for (let n = 0; n < 12; n++) {
      for (const [address, endpoint] of Object.entries(seen))
        endpoint.add(await callTcp(client!.netns, address, 80));
      assert.deepEqual(await Promise.all(['affinity4', 'affinity6'].map(remembered)), [1, 1]);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    for (const endpoint of Object.values(seen)) assert.equal(endpoint.size, 1, [...endpoint].join());
    await eventually(async () =>
      assert.deepEqual(await Promise.all(['affinity4', 'affinity6'].map(remembered)), [0, 0]),
    );
  });

  describe('a load balancer’s address', () => {
    const [address, address6] = ['172.30.15.1', 'fd30::f:1'];
    const of = (more: object = {}) =>
      service({
        name: 'balanced',
        clusterIPs: ['10.96.0.40', 'fd96::40'],
        nodePort: 30090,
        loadBalancerIPs: [address, address6],
        spec: more,
      });
    const put = async (more: object, ...pods: TestPod[]) => {
      services.put(of(more));
      slices.put(
        slice('balanced', endpoints(...pods)),
        slice('balanced', endpoints6(...pods), { name: 'balanced-6', family: 6 }),
      );
      await settled();
    };

    before(async () => {
      const socket = netlink(one!.netns);
      const link = findLink(socket, 'eth0')?.index ?? 0;
      socket.send(addTarget({ link, address }), addTarget({ link, address: address6 }));
      socket.close();
    });

    test('reaches endpoints on all nodes from outside, from pods and from the nodes', async () => {
      await put({}, x!, z!);
      const [own, own6] = one!.ips;
      assert.deepEqual(await callMany(world.lan, address, 80), [`uid-x ${own}`, `uid-z ${own}`]);
      assert.deepEqual(await callMany(world.lan, address6, 80), [`uid-x ${own6}`, `uid-z ${own6}`]);
      assert.deepEqual(await callMany(client!.netns, address, 80), [`uid-x ${own}`, `uid-z ${own}`]);
      // It holds the address itself, and so would come from it.
      assert.deepEqual(await callMany(one!.netns, address, 80), [`uid-x ${own}`, `uid-z ${own}`]);
      const [other] = two!.ips;
      assert.deepEqual(await callMany(two!.netns, address, 80), [`uid-x ${other}`, `uid-z ${other}`]);
    });

    test('under externalTrafficPolicy Local keeps the client’s address, and pods go anywhere', async () => {
      await put({ externalTrafficPolicy: 'Local' }, x!, z!);
      assert.deepEqual(await callMany(world.lan, address, 80), ['uid-x 172.30.0.1']);
      assert.deepEqual(await callMany(world.lan, address6, 80), ['uid-x fd30::1']);
      assert.deepEqual(await callMany(client!.netns, address, 80), [
        `uid-x ${client!.ip}`,
        `uid-z ${client!.ip}`,
      ]);
      const [own] = one!.ips;
      assert.deepEqual(await callMany(one!.netns, address, 80), [`uid-x ${own}`, `uid-z ${own}`]);
    });

    test('answers on the Service’s ports only: not node ports, not what listens on the node', async () => {
      await put({}, x!);
      await world.serveTcp(one!.netns, 10250, 'kubelet');
      await world.serveTcp(one!.netns, 10250, 'kubelet', '::');
      assert.match(await callTcp(world.lan, one!.ips[0], 10250), /^kubelet/);
      for (const from of [world.lan, client!.netns, one!.netns])
        for (const at of [address, address6])
          for (const port of [10250, 30090, 81])
            assert.equal(await failureOf(callTcp(from, at, port)), 'ECONNREFUSED', `${from} ${at} ${port}`);
    });

    test('refuses at once without endpoints, and drops whom its source ranges leave out', async () => {
      await put({}, ...[]);
      assert.equal(await failureOf(callTcp(world.lan, address, 80)), 'ECONNREFUSED');
      await put({ loadBalancerSourceRanges: ['10.244.0.0/16', 'fd44::/56'] }, x!);
      assert.match(await callTcp(client!.netns, address, 80), /^uid-x/);
      assert.match(await callTcp(client!.netns, address6, 80), /^uid-x/);
      const refused = [address, address6].map((at) => failureOf(callTcp(world.lan, at, 80)));
      assert.deepEqual(await Promise.all(refused), ['Error: no answer', 'Error: no answer']);
    });
  });

  test('a Service without endpoints refuses at once: from pods, nodes and the LAN', async () => {
    for (const from of [client!.netns, one!.netns])
      assert.equal(await failureOf(callTcp(from, '10.96.0.21', 80)), 'ECONNREFUSED');
    assert.equal(await failureOf(callTcp(world.lan, one!.ips[0], 30081)), 'ECONNREFUSED');
    assert.equal(await failureOf(callTcp(one!.netns, '127.0.0.1', 30081)), 'ECONNREFUSED');
  });

  test('so do another port and an address that is no Service', async () => {
    assert.equal(await failureOf(callTcp(client!.netns, '10.96.0.20', 81)), 'ECONNREFUSED');
    assert.equal(await failureOf(callTcp(client!.netns, '10.99.9.9', 80)), 'ECONNREFUSED');
    assert.equal(await failureOf(callTcp(client!.netns, 'fd96::99', 80)), 'ECONNREFUSED');
    assert.equal(await failureOf(callTcp(one!.netns, '10.99.9.9', 80)), 'ECONNREFUSED');
  });

  test('UDP without endpoints is answered by an ICMP error', async () => {
    const socket = await world.udpClient(client!.netns);
    const refused = new Promise<string>((resolve) =>
      socket.once('error', (err) => resolve('code' in err ? String(err.code) : '')),
    );
    socket.connect(53, '10.96.0.23');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.send('?');
    const poke = setInterval(() => socket.send('?', () => {}), 50);
    assert.equal(await refused, 'ECONNREFUSED');
    clearInterval(poke);
  });

  test('a UDP client that keeps its port follows when its endpoint leaves', async () => {
    const socket = await world.udpClient(client!.netns);
    assert.equal(await callUdp(socket, '10.96.0.22', 53), `uid-x ${client!.ip}`);
    slices.put(slice('echo', endpoints(z!), { protocol: 'UDP', port: 5353 }));
    await settled();
    assert.equal(await callUdp(socket, '10.96.0.22', 53), `uid-z ${client!.ip}`);
  });

  test('a UDP client of a NodePort that had no endpoint is served as soon as there is one', async () => {
    const socket = await world.udpClient(world.lan);
    slices.put(slice('echo', [], { protocol: 'UDP', port: 5353 }));
    await settled();
    assert.equal(await failureOf(callUdp(socket, one!.ips[0], 30053, 100)), 'Error: no answer');
    slices.put(slice('echo', endpoints(z!), { protocol: 'UDP', port: 5353 }));
    await settled();
    assert.equal(await callUdp(socket, one!.ips[0], 30053), `uid-z ${one!.ips[0]}`);
  });

  test('a new port of the node cuts no UDP flow that goes elsewhere by the same number', async () => {
    slices.put(slice('echo', endpoints(x!, z!), { protocol: 'UDP', port: 5353 }));
    await settled();
    const flows = [];
    for (let n = 0; n < 8; n++) {
      const socket = await world.udpClient(client!.netns);
      flows.push({ socket, before: await callUdp(socket, '10.96.0.22', 53) });
    }
    services.put(service({ name: 'other', clusterIPs: ['10.96.0.41'], nodePort: 53, protocol: 'UDP' }));
    slices.put(slice('other', endpoints(y!), { protocol: 'UDP', port: 5353 }));
    await settled();
    assert.equal(await callUdp(await world.udpClient(world.lan), one!.ips[0], 53), `uid-y ${one!.ips[0]}`);
    for (const { socket, before: said } of flows) assert.equal(await callUdp(socket, '10.96.0.22', 53), said);
    services.delete('default/other');
    slices.delete('default/other');
    await settled();
  });

  test('an endpoint that leaves gets no new connection, and keeps those that it has', async () => {
    const server = await world.serveTcp(x!.netns, 8081, 'unused');
    server.removeAllListeners('connection');
    const accepted = new Promise<void>((resolve) =>
      server.on('connection', (socket) => {
        socket.on('data', (data) => socket.write(`echo ${data}`));
        resolve();
      }),
    );
    services.put(service({ name: 'long', clusterIPs: ['10.96.0.30'] }));
    slices.put(slice('long', endpoints(x!), { port: 8081 }));
    await settled();
    const open = await connectIn(client!.netns, '10.96.0.30', 80);
    await accepted;
    slices.put(slice('long', []));
    await settled();
    assert.equal(await failureOf(callTcp(client!.netns, '10.96.0.30', 80)), 'ECONNREFUSED');
    open.write('still here');
    const answer = await new Promise((resolve) => open.once('data', (data) => resolve(String(data))));
    assert.equal(answer, 'echo still here');
    open.destroy();
  });

  test('rules stay when the proxy stops, and a new one takes them over without a gap', async () => {
    const refused: string[] = [];
    let isOver = false;
    const calling = (async () => {
      while (!isOver)
        await callTcp(client!.netns, '10.96.0.20', 80).catch((err: Error) => refused.push(err.message));
    })();
    for (let n = 0; n < 5; n++) {
      const again = start(one!);
      await again.synced;
      again.stop();
    }
    isOver = true;
    await calling;
    assert.deepEqual(refused, []);
  });

  test('a transaction that the kernel refuses is followed by one that puts all in order', async () => {
    const nft = kernels.get('node-1');
    await nft?.run('delete table inet switchboard-proxy');
    slices.put(slice('web', endpoints(x!)));
    await eventually(async () =>
      assert.deepEqual(await callMany(client!.netns, '10.96.0.20', 80, 5), [`uid-x ${client!.ip}`]),
    );
  });
});
