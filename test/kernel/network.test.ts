import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Service } from '../../src/api/types.ts';
import { koffi, libc } from '../../src/lib/linux/libc.ts';
import { createNetns, inNamespace, removeNamespace } from '../../src/lib/linux/namespaces.ts';
import { listAddresses } from '../../src/lib/linux/netlink/addresses.ts';
import { findLink, listLinks } from '../../src/lib/linux/netlink/links.ts';
import { listRoutes } from '../../src/lib/linux/netlink/routes.ts';
import { netlink } from '../../src/lib/linux/netlink/socket.ts';
import { readSysctl, writeSysctls } from '../../src/lib/linux/sysctl.ts';
import { routeExternalIPs } from '../../src/network/externalIPs.ts';
import { detachNode, joinHost, leaveHost, pluggedIn } from '../../src/network/lan.ts';
import { podNetwork } from '../../src/network/links.ts';
import { masqueradeOutside } from '../../src/network/outside.ts';
import { nodeEndOf } from '../../src/network/podLink.ts';
import { syncRoutes } from '../../src/network/routeSync.ts';
import { kernelNft } from '../../src/nft/kernel.ts';
import { eventually } from '../support/eventually.ts';
import { TestInformer } from '../support/informer.ts';
import {
  callTcp,
  clusterCIDRs,
  failureOf,
  podObject,
  type TestNode,
  type TestPod,
  World,
} from '../support/world.ts';

describe('two nodes with pods', { timeout: 60_000 }, () => {
  const home = readlinkSync('/proc/thread-self/ns/net');
  let world: World;
  let [one, two]: TestNode[] = [];
  let [a, b, c]: TestPod[] = [];
  const nodes = new TestInformer<TestNode['object']>();

  before(setUp, { timeout: 60_000 });
  after(tearDown, { timeout: 60_000 });

  async function setUp() {
    world = new World();
    [one, two] = [world.addNode(1), world.addNode(2)];
    nodes.put(one.object, two.object);
    for (const node of [one, two]) {
      const routes = syncRoutes({ nodes, nodeName: node.name, netns: node.netns });
      world.onClose(() => routes.stop());
      await routes.synced;
      const nft = kernelNft(node.netns);
      const outside = masqueradeOutside({ nodes, podCIDRs: clusterCIDRs, nft });
      world.onClose(() => {
        outside.stop();
        void nft.close();
      });
      await outside.synced;
    }
    [a, b, c] = [await world.addPod(one, 'a'), await world.addPod(one, 'b'), await world.addPod(two, 'c')];
    for (const pod of [a, b, c]) {
      await world.serveTcp(pod.netns, 80, pod.uid);
      await world.serveTcp(pod.netns, 80, pod.uid, '::');
    }
    for (const node of [one, two]) await world.serveTcp(node.netns, 10250, node.name);
  }

  async function tearDown() {
    await world[Symbol.asyncDispose]();
  }

  test('pods of one node reach each other under their own addresses', async () => {
    assert.equal(await callTcp(a!.netns, b!.ip, 80), `uid-b ${a!.ip}`);
    assert.equal(await callTcp(a!.netns, b!.ip6, 80), `uid-b ${a!.ip6}`);
  });

  test('pods reach pods on another node under their own addresses', async () => {
    assert.equal(await callTcp(a!.netns, c!.ip, 80), `uid-c ${a!.ip}`);
    assert.equal(await callTcp(c!.netns, b!.ip6, 80), `uid-b ${c!.ip6}`);
  });

  test('a node reaches its pods and those of another node, and pods reach nodes', async () => {
    assert.equal(await callTcp(one!.netns, a!.ip, 80), `uid-a ${one!.ips[0]}`);
    assert.equal(await callTcp(one!.netns, c!.ip, 80), `uid-c ${one!.ips[0]}`);
    assert.equal(await callTcp(a!.netns, one!.ips[0], 10250), `node-1 ${a!.ip}`);
    assert.equal(await callTcp(a!.netns, two!.ips[0], 10250), `node-2 ${a!.ip}`);
  });

  test('a pod reaches hosts of the LAN under the address of its node', async () => {
    for (const [n, address] of ['172.30.0.1', 'fd30::1'].entries()) {
      await world.serveTcp(world.lan, 5432, 'database', address);
      assert.equal(await callTcp(a!.netns, address, 5432), `database ${one!.ips[n]}`);
      assert.equal(await callTcp(c!.netns, address, 5432), `database ${two!.ips[n]}`);
    }
  });

  test('an address of the pod range that no pod has is refused at once', async () => {
    assert.match(await failureOf(callTcp(a!.netns, '10.244.1.200', 80)), /EHOSTUNREACH|ENETUNREACH/);
    assert.match(await failureOf(callTcp(a!.netns, '10.244.2.200', 80)), /EHOSTUNREACH|ENETUNREACH/);
  });

  test('nothing outside the cluster can be reached', async () => {
    assert.equal(await failureOf(callTcp(a!.netns, '192.0.2.1', 80)), 'ENETUNREACH');
  });

  test('a host on the LAN reaches the nodes', async () => {
    assert.equal(await callTcp(world.lan, two!.ips[0], 10250), 'node-2 172.30.0.1');
    assert.equal(await failureOf(callTcp(world.lan, a!.ip, 80)), 'ENETUNREACH');
  });

  test('a pod has its own hostname, may bind any port as any user and sees only its own links', () => {
    const settings = inNamespace(a!.netns, () => [
      readSysctl('net.ipv4.ip_unprivileged_port_start'),
      readSysctl('net.ipv4.ping_group_range'),
    ]);
    assert.deepEqual(settings, ['0', '0\t2147483647']);
    const socket = netlink(a!.netns);
    assert.deepEqual(
      listLinks(socket).map(({ name }) => name),
      ['lo', 'eth0'],
    );
    assert.ok(!listAddresses(socket).some(({ address }) => address.startsWith('fe80')));
    socket.close();
    assert.equal(hostnameIn(a!.sandbox.utsns ?? ''), 'a');
  });

  test('a second call for a pod finds what is there, also after a restart', async () => {
    assert.deepEqual(await one!.network.setUp(podObject('a'), 'a'), a!.sandbox);
    const [dir, netns] = [`${world.dir}/node-1`, one!.netns];
    const restarted = podNetwork({
      podCIDRs: () => undefined,
      nodeIPs: () => one!.ips,
      stateDir: `${dir}/state`,
      runDir: `${dir}/pods`,
      nodeNetns: netns,
    });
    assert.deepEqual(await restarted.setUp(podObject('a'), 'a'), a!.sandbox);
    assert.deepEqual((await restarted.list()).map(({ uid }) => uid).sort(), ['uid-a', 'uid-b']);
    assert.equal(await callTcp(b!.netns, a!.ip, 80), `uid-a ${b!.ip}`);
  });

  test('a pod whose namespaces were lost gets new ones and keeps its address', async () => {
    const pod = await world.addPod(one!, 'lost');
    removeNamespace(pod.netns);
    const again = await world.addPod(one!, 'lost');
    assert.equal(again.ip, pod.ip);
    await world.serveTcp(again.netns, 80, 'lost');
    assert.equal(await callTcp(a!.netns, pod.ip, 80), `lost ${a!.ip}`);
    await one!.network.tearDown('uid-lost');
  });

  test('of a pod that was torn down nothing is left, and its address is not the next one given out', async () => {
    const gone = await world.addPod(one!, 'gone');
    await one!.network.tearDown(gone.uid);
    await one!.network.tearDown(gone.uid);
    assert.equal(existsSync(`${world.dir}/node-1/pods/${gone.uid}`), false);
    assert.ok(!readdirSync(`${world.dir}/node-1/state/pods`).includes(`${gone.uid}.json`));
    assert.match(await failureOf(callTcp(a!.netns, gone.ip, 80)), /EHOSTUNREACH|ENETUNREACH/);
    const socket = netlink(one!.netns);
    await eventually(() => assert.equal(findLink(socket, nodeEndOf(gone.uid)), undefined), 30_000, 10);
    socket.close();
    const next = await world.addPod(one!, 'next');
    assert.notEqual(next.ip, gone.ip);
    await one!.network.tearDown(next.uid);
  });

  test('a hostNetwork pod has the addresses of its node and an ipc namespace of its own', async () => {
    const sandbox = await one!.network.setUp(podObject('host', { hostNetwork: true }), 'node-1');
    assert.deepEqual(sandbox, { ipcns: `${world.dir}/node-1/pods/uid-host/ipc`, podIPs: [...one!.ips] });
    await one!.network.tearDown('uid-host');
  });

  test('routes follow the Node objects', async () => {
    const socket = netlink(one!.netns);
    const destinations = () => listRoutes(socket).map((route) => `${route.destination} via ${route.gateway}`);
    const third = { ...two!.object, metadata: { name: 'node-3' }, spec: { podCIDRs: ['10.244.3.0/24'] } };
    third.status = { addresses: [{ type: 'InternalIP', address: '172.30.0.9' }] };
    nodes.put(third);
    assert.ok(destinations().includes('10.244.3.0/24 via 172.30.0.9'));
    nodes.delete('node-3');
    assert.ok(!destinations().some((text) => text.startsWith('10.244.3.0/24')));
    assert.ok(destinations().includes('10.244.2.0/24 via 172.30.0.3'));
    socket.close();
  });

  test('routes to external IPs follow Services, and never take one from a pod', async () => {
    const external = (name: string, ...externalIPs: string[]): Service => ({
      metadata: { name, namespace: 'default' },
      spec: { externalIPs },
    });
    const services = new TestInformer<Service>();
    const own = () => listRoutes(socket).map(({ destination }) => destination);
    const isThere = (...addresses: string[]) => addresses.map((address) => own().includes(address));
    const socket = netlink(one!.netns);
    const podRoutes = own();
    const start = () =>
      routeExternalIPs({ services, nodeIPs: one!.ips, routed: clusterCIDRs, netns: one!.netns });
    let routes = start();
    await routes.synced;
    services.put(external('x', '203.0.113.9', '2001:db8::9', a!.ip), external('y', '203.0.113.9'));
    assert.deepEqual(isThere('203.0.113.9/32', '2001:db8::9/128', `${a!.ip}/32`), [true, true, true]);
    services.delete('default/x');
    assert.deepEqual(isThere('203.0.113.9/32', '2001:db8::9/128', `${a!.ip}/32`), [true, false, true]);
    routes.stop();
    services.put(external('y', '203.0.113.10'));
    routes = start();
    await routes.synced;
    assert.deepEqual(isThere('203.0.113.9/32', '203.0.113.10/32'), [false, true]);
    services.delete('default/y');
    assert.deepEqual(own(), podRoutes);
    routes.stop();
    socket.close();
  });

  test('a host that joins the LAN has one link more, and none when it has left', async () => {
    const host = `${world.dir}/host`;
    createNetns(host);
    try {
      joinHost({
        lanNetns: world.lan,
        name: 'switchboard0',
        addresses: ['172.30.14.254/20', 'fd30::efe/64'],
        hostNetns: host,
      });
      assert.deepEqual(pluggedIn(world.lan).sort(), ['host', 'node-1', 'node-2']);
      assert.equal(await callTcp(host, one!.ips[0], 10250), 'node-1 172.30.14.254');
      await world.serveTcp(one!.netns, 10251, 'node-1', '::');
      assert.equal(await callTcp(host, one!.ips[1], 10251), 'node-1 fd30::efe');
      leaveHost('switchboard0', host);
      leaveHost('switchboard0', host);
      assert.deepEqual(pluggedIn(world.lan).sort(), ['node-1', 'node-2']);
    } finally {
      removeNamespace(host);
    }
  });

  test('a host without IPv6 joins the LAN over IPv4 alone', async () => {
    const host = `${world.dir}/host-without-ipv6`;
    createNetns(host, () => writeSysctls({ 'net.ipv6.conf.default.disable_ipv6': '1' }));
    try {
      const addresses = ['172.30.14.254/20', 'fd30::efe/64'];
      joinHost({ lanNetns: world.lan, name: 'switchboard0', addresses, hostNetns: host });
      assert.equal(await callTcp(host, one!.ips[0], 10250), 'node-1 172.30.14.254');
      leaveHost('switchboard0', host);
    } finally {
      removeNamespace(host);
    }
  });

  test('a node that is unplugged is off the LAN', async () => {
    const three = world.addNode(3);
    await world.serveTcp(three.netns, 10250, 'node-3');
    assert.equal(await callTcp(world.lan, three.ips[0], 10250), 'node-3 172.30.0.1');
    detachNode({ lanNetns: world.lan, nodeName: 'node-3' });
    assert.deepEqual(pluggedIn(world.lan).sort(), ['node-1', 'node-2']);
  });

  test('this process is where it was', () => {
    assert.equal(readlinkSync('/proc/thread-self/ns/net'), home);
  });
});

/** The hostname that a process in this uts namespace would see. */
function hostnameIn(utsns: string): string {
  const library = koffi().load('libc.so.6');
  const gethostname = library.func('int gethostname(_Out_ void *name, size_t length)');
  const name = Buffer.alloc(65);
  return inUts(utsns, () => {
    gethostname(name, 64);
    return name.toString().replace(/\0.*$/s, '');
  });
}

function inUts(file: string, action: () => string): string {
  const CLONE_NEWUTS = 0x04000000;
  const [there, home] = [openSync(file, 'r'), openSync('/proc/thread-self/ns/uts', 'r')];
  try {
    assert.equal(libc().setns(there, CLONE_NEWUTS), 0);
    return action();
  } finally {
    assert.equal(libc().setns(home, CLONE_NEWUTS), 0);
    closeSync(there);
    closeSync(home);
  }
}
