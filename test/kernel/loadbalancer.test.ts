/** LoadBalancer addresses on three nodes: who holds them, and what the LAN notices when that changes. */
import assert from 'node:assert/strict';
import { closeSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EndpointSlice, Node, Service } from '../../src/api/types.ts';
import { addressBytes, parseAddress } from '../../src/lib/ip.ts';
import { frameSender } from '../../src/lib/linux/frames.ts';
import { inNamespace } from '../../src/lib/linux/namespaces.ts';
import { addTarget, listAddresses } from '../../src/lib/linux/netlink/addresses.ts';
import { findLink, setLink } from '../../src/lib/linux/netlink/links.ts';
import { type Netlink, netlink } from '../../src/lib/linux/netlink/socket.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';
import { encodeHeartbeat } from '../../src/loadbalancer/heartbeat.ts';
import type { HolderOptions } from '../../src/loadbalancer/holder.ts';
import { heartbeatPort } from '../../src/loadbalancer/peerSocket.ts';
import { type LoadBalancer, startLoadBalancer } from '../../src/loadbalancer/sync.ts';
import { attachNode, detachNode } from '../../src/network/lan.ts';
import { keepCalling } from '../support/calls.ts';
import { eventually } from '../support/eventually.ts';
import { TestInformer } from '../support/informer.ts';
import { service, slice } from '../support/services.ts';
import { callTcp, failureOf, type TestNode, World } from '../support/world.ts';

const all = ['172.30.15.1', '172.30.15.2', '172.30.15.3', 'fd30::f:1', 'fd30::f:2', 'fd30::f:3'];
/** Longer than it takes to give a node up. */
const longMs = 3_000;

function balancer(name: string, ips: readonly string[], policy = 'Cluster'): Service {
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: policy } as const;
  return { ...service({ name, spec }), status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } } };
}

/** An agent's part that is of interest here, on each of the nodes. */
class Nodes implements AsyncDisposable {
  readonly world = new World();
  readonly nodes: [TestNode, TestNode, TestNode];
  readonly services = new TestInformer<Service>();
  readonly slices = new TestInformer<EndpointSlice>();
  readonly known = new TestInformer<Node>();
  /** `address node`, in order. */
  readonly taken: string[] = [];
  readonly #running = new Map<TestNode, LoadBalancer>();

  constructor() {
    this.nodes = [this.world.addNode(1), this.world.addNode(2), this.world.addNode(3)];
    this.known.put(...this.nodes.map(({ object }) => object));
  }

  async serve(): Promise<void> {
    for (const node of this.nodes)
      for (const any of ['0.0.0.0', '::']) await this.world.serveTcp(node.netns, 80, node.name, any);
  }

  start(node: TestNode, more: Partial<HolderOptions> = {}): void {
    const { services, slices, known: nodes } = this;
    const { name: nodeName, ips: nodeIPs, netns } = node;
    const rules = () => Promise.resolve();
    const onTaken = (_: Service, address: string) => this.taken.push(`${address} ${nodeName}`);
    const options = { nodeName, nodeIPs, netns, services, slices, nodes, rules, onTaken, ...more };
    this.#running.set(node, startLoadBalancer(options));
  }

  /** The agent ends, and the kernel stays as it is. */
  stop(node: TestNode): void {
    this.#running.get(node)?.stop();
    this.#running.delete(node);
  }

  /** The plug out, as the others see it. */
  die(node: TestNode): void {
    this.stop(node);
    detachNode({ lanNetns: this.world.lan, nodeName: node.name });
  }

  /** Starts it again from nothing, as a machine does; its agent not yet. */
  boot(node: TestNode): void {
    const { lan } = this.world;
    const addresses = [`${node.ips[0]}/20`, `${node.ips[1]}/64`];
    attachNode({ lanNetns: lan, nodeNetns: node.netns, nodeName: node.name, addresses });
  }

  cable(node: TestNode, isPluggedIn: boolean): void {
    withKernel(this.world.lan, (socket) => {
      const port = findLink(socket, node.name)?.index ?? 0;
      socket.send(setLink(port, { up: isPluggedIn }));
    });
  }

  heldBy(node: TestNode): string[] {
    const listed = withKernel(node.netns, listAddresses);
    return listed.flatMap(({ protocol, address }) => (protocol === 183 ? address : [])).sort();
  }

  holdersOf = (address: string): string[] =>
    this.nodes.filter((node) => this.heldBy(node).includes(address)).map(({ name }) => name);

  holders = (): string[] => all.map((address) => `${address} ${this.holdersOf(address).join()}`);

  holderOf(address: string): TestNode {
    const holder = this.nodes.find((node) => this.heldBy(node).includes(address));
    assert.ok(holder, `nobody holds ${address}`);
    return holder;
  }

  eachHeldOnce = (): Promise<void> =>
    eventually(() => {
      for (const address of all) assert.equal(this.holdersOf(address).length, 1, address);
    }, 30_000);

  /** What answers at the address, as the LAN sees it. */
  answerAt = (address: string): Promise<string> => callTcp(this.world.lan, address, 80);

  eachAnswers = async (): Promise<void> => {
    for (const address of all)
      assert.match(await this.answerAt(address), new RegExp(`^${this.holdersOf(address).join()} `), address);
  };

  listensForHeartbeats(node: TestNode): boolean {
    const sockets = inNamespace(node.netns, () =>
      ['udp', 'udp6'].map((file) => readFileSync(`/proc/thread-self/net/${file}`, 'utf8')).join(''),
    );
    return sockets.includes(`:${heartbeatPort.toString(16).toUpperCase()} `);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.#running.keys()) this.stop(node);
    await this.world[Symbol.asyncDispose]();
  }
}

function withKernel<T>(netns: string, action: (socket: Netlink) => T): T {
  const socket = netlink(netns);
  try {
    return action(socket);
  } finally {
    socket.close();
  }
}

describe('LoadBalancer addresses on three nodes', { timeout: 170_000 }, () => {
  let lb: Nodes;
  let [one, two, three]: TestNode[] = [];

  beforeEach(async () => {
    lb = new Nodes();
    [one, two, three] = lb.nodes;
    await lb.serve();
  });
  afterEach(() => lb[Symbol.asyncDispose]());

  /** Six addresses, each held. */
  async function allHeld() {
    for (const node of lb.nodes) lb.start(node);
    lb.services.put(...all.map((ip, i) => balancer(`web-${i}`, [ip])));
    await lb.eachHeldOnce();
  }

  test('are held by one node each, which answers for it on the LAN', async () => {
    await allHeld();
    await lb.eachAnswers();
    assert.deepEqual(lb.taken.toSorted(), lb.holders());
    assert.equal(new Set(all.map((address) => lb.holderOf(address))).size, 3, 'every node has some');
  });

  test('are held by nodes that speak by IPv6 alone too', async () => {
    for (const node of lb.nodes) {
      const status = { addresses: [{ type: 'InternalIP', address: node.ips[1] }] };
      lb.known.put({ ...node.object, status });
      lb.start(node, { nodeIPs: [node.ips[1]] });
    }
    lb.services.put(balancer('web', all));
    await lb.eachHeldOnce();
    await lb.eachAnswers();
    lb.die(lb.holderOf('fd30::f:1'));
    await eventually(() => lb.answerAt('fd30::f:1'), 30_000, 10);
  });

  test('are nothing that the node’s own packets come from', async () => {
    await allHeld();
    for (const [family, address] of [
      [0, '172.30.15.1'],
      [1, 'fd30::f:1'],
    ] as const) {
      const holder = lb.holderOf(address);
      const other = lb.nodes.find((node) => node !== holder)!;
      const said = await callTcp(holder.netns, other.ips[family], 80);
      assert.equal(said, `${other.name} ${holder.ips[family]}`);
    }
  });

  test('move when their node dies, and only those; LAN clients are told', async (t) => {
    await allHeld();
    await lb.eachAnswers();
    const victim = lb.holderOf('172.30.15.1');
    const lost = lb.heldBy(victim);
    const before = lb.holders();
    lb.die(victim);
    const startMs = performance.now();
    for (const address of lost) await eventually(() => lb.answerAt(address), 30_000, 10);
    t.diagnostic(`answered again after ${Math.round(performance.now() - startMs)} ms`);
    await sleep(longMs);
    await lb.eachAnswers();
    const kept = (holders: string[]) =>
      holders.filter((line) => !lost.some((ip) => line.startsWith(`${ip} `)));
    assert.deepEqual(kept(lb.holders()), kept(before));
    assert.equal(lb.taken.length, all.length + lost.length, 'nothing moved twice');
  });

  test('come back with their node, and are answered for all the while', async (t) => {
    await allHeld();
    const before = lb.holders();
    const victim = lb.holderOf('172.30.15.1');
    lb.die(victim);
    await lb.eachHeldOnce();
    lb.boot(victim);
    const calls = keepCalling(t, () => lb.answerAt('172.30.15.1'), 5);
    await sleep(200);
    lb.start(victim);
    await eventually(() => assert.deepEqual(lb.holders(), before));
    await sleep(200);
    await calls.stop();
    assert.ok(
      calls.failures.length <= 1,
      `more than the one that was under way: ${calls.failures.join('; ')}`,
    );
    await lb.eachAnswers();
  });

  test('stay where they are when an agent ends and is back within a second', async (t) => {
    await allHeld();
    const before = lb.holders();
    const calls = all.map((address) => keepCalling(t, () => lb.answerAt(address)));
    for (const node of lb.nodes) {
      lb.stop(node);
      await sleep(1_000);
      lb.start(node);
      await sleep(1_000);
    }
    for (const call of calls) {
      await call.stop();
      assert.deepEqual(call.failures, []);
    }
    assert.deepEqual(lb.holders(), before);
    assert.equal(lb.taken.length, all.length);
  });

  test('stay where they are when an agent takes long to be back, as its kernel is there all the while', async (t) => {
    await allHeld();
    const before = lb.holders();
    const node = lb.holderOf('172.30.15.1');
    const calls = keepCalling(t, () => lb.answerAt('172.30.15.1'));
    lb.stop(node);
    await sleep(longMs);
    lb.start(node);
    await sleep(1_000);
    await calls.stop();
    assert.deepEqual(calls.failures, []);
    assert.deepEqual(lb.holders(), before);
    assert.equal(lb.taken.length, all.length);
  });

  test('stay with an agent that starts again while nobody tells it of the cluster', async () => {
    await allHeld();
    const before = lb.holders();
    const node = lb.holderOf('172.30.15.1');
    lb.stop(node);
    const silent = {
      services: unsynced<Service>(),
      slices: unsynced<EndpointSlice>(),
      nodes: unsynced<Node>(),
    };
    lb.start(node, silent);
    await sleep(longMs);
    assert.deepEqual(lb.holders(), before);
    // The others can still count on each other, and on what this one has.
    const victim = lb.nodes.find((other) => other !== node)!;
    const lost = lb.heldBy(victim);
    lb.die(victim);
    for (const address of lost) await eventually(() => lb.answerAt(address), 30_000, 10);
    assert.ok(lb.heldBy(node).includes('172.30.15.1'));
    assert.equal(lb.heldBy(node).length, before.filter((line) => line.endsWith(node.name)).length);
  });

  test('of an agent that is gone for long are taken over, and each is held once when it is back', async () => {
    await allHeld();
    const before = lb.holders();
    const node = lb.holderOf('172.30.15.1');
    lb.stop(node);
    await eventually(() => assert.equal(lb.holdersOf('172.30.15.1').length, 2));
    const answering = await lb.answerAt('172.30.15.1');
    assert.ok(!answering.startsWith(node.name), 'who took it is the one that is reached');
    lb.start(node);
    await eventually(() => assert.deepEqual(lb.holders(), before));
    await eventually(lb.eachAnswers);
  });

  test('of a node that was cut off for a while are each held once again, and reached', async () => {
    await allHeld();
    const before = lb.holders();
    const node = lb.holderOf('172.30.15.1');
    lb.cable(node, false);
    await eventually(() => assert.equal(lb.holdersOf('172.30.15.1').length, 2));
    await eventually(() => lb.answerAt('172.30.15.1'), 30_000, 10);
    lb.cable(node, true);
    await eventually(() => assert.deepEqual(lb.holders(), before));
    await eventually(lb.eachAnswers);
  });

  test('under externalTrafficPolicy Local are held by a node with endpoints, and follow them', async () => {
    for (const node of lb.nodes) lb.start(node);
    const at = (node: TestNode | undefined) =>
      slice('web', [{ address: '10.244.1.2', node: node?.name ?? '' }]);
    lb.slices.put(at(one));
    lb.services.put(balancer('web', ['172.30.15.1'], 'Local'));
    for (const node of [one, two, three, two]) {
      lb.slices.put(at(node));
      await eventually(() => assert.deepEqual(lb.holdersOf('172.30.15.1'), [node?.name]), 30_000, 5);
    }
    lb.slices.delete('default/web');
    await sleep(100);
    assert.equal(lb.holdersOf('172.30.15.1').length, 1, 'some node refuses for a Service without endpoints');
  });

  test('are left alone by a node with the label that excludes it', async () => {
    await allHeld();
    const label = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
    for (const node of [one!, two!])
      lb.known.put({ ...node.object, metadata: { name: node.name, labels: label } });
    await eventually(() => assert.deepEqual(lb.heldBy(three!), all.toSorted()));
    await lb.eachHeldOnce();
    lb.known.put({ ...three!.object, metadata: { name: 'node-3', labels: label } });
    await eventually(() =>
      assert.deepEqual(
        lb.nodes.flatMap((node) => lb.heldBy(node)),
        [],
      ),
    );
  });

  test('that are no longer wanted are gone, also those that an agent before left behind', async () => {
    withKernel(one!.netns, (socket) => {
      const link = findLink(socket, 'eth0')?.index ?? 0;
      for (const address of ['172.30.15.9', 'fd30::f:9'])
        socket.send(addTarget({ link, address, protocol: 183 }));
    });
    lb.start(one!);
    lb.services.put(balancer('web', ['172.30.15.1']));
    await eventually(() =>
      assert.deepEqual(lb.heldBy(one!).length <= 1 && !lb.heldBy(one!).includes('172.30.15.9'), true),
    );
    for (const node of [two!, three!]) lb.start(node);
    await eventually(() => assert.equal(lb.holdersOf('172.30.15.1').length, 1));
    lb.services.delete('default/web');
    await eventually(() =>
      assert.deepEqual(
        lb.nodes.flatMap((node) => lb.heldBy(node)),
        [],
      ),
    );
    assert.notEqual(await failureOf(lb.answerAt('172.30.15.1')), '');
  });

  test('are never taken from a node, whatever a Service’s status says', async () => {
    for (const node of lb.nodes) lb.start(node);
    lb.services.put(balancer('thief', [one!.ips[0], two!.ips[1], '172.30.15.1']));
    await eventually(() => assert.equal(lb.holdersOf('172.30.15.1').length, 1));
    assert.equal(lb.nodes.flatMap((node) => lb.heldBy(node)).length, 1);
    assert.match(await lb.answerAt(one!.ips[0]), /^node-1 /);
    lb.services.delete('default/thief');
    await eventually(() => assert.equal(lb.holdersOf('172.30.15.1').length, 0));
    assert.match(await lb.answerAt(two!.ips[1]), /^node-2 /);
  });

  test('need no heartbeats while there are none, nor on a node that is alone', async () => {
    for (const node of lb.nodes) lb.start(node);
    await sleep(50);
    const listening = () => lb.nodes.map((node) => lb.listensForHeartbeats(node));
    assert.deepEqual(listening(), [false, false, false]);
    lb.services.put(balancer('web', ['172.30.15.1']));
    await eventually(() => assert.deepEqual(listening(), [true, true, true]));
    lb.services.delete('default/web');
    await eventually(() => assert.deepEqual(listening(), [false, false, false]));
    for (const node of [two!, three!]) {
      lb.stop(node);
      lb.known.delete(node.name);
    }
    lb.services.put(balancer('web', ['172.30.15.1']));
    await eventually(() => assert.deepEqual(lb.holdersOf('172.30.15.1'), ['node-1']));
    assert.equal(lb.listensForHeartbeats(one!), false);
  });

  test('are not taken before the kernel has the rules for them', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const node of lb.nodes) lb.start(node, { rules: () => promise });
    lb.services.put(balancer('web', all));
    await sleep(200);
    assert.deepEqual(
      lb.holders(),
      all.map((address) => `${address} `),
    );
    resolve();
    await lb.eachHeldOnce();
  });

  test('are left to others by a node whose port for heartbeats is taken, until it is free', async () => {
    const bind = { address: '0.0.0.0', port: heartbeatPort };
    const taken = socketIn(one!.netns, { type: 'udp', family: 4, bind });
    lb.world.onClose(() => isOpen && closeSync(taken));
    let isOpen = true;
    await allHeld();
    assert.deepEqual(lb.heldBy(one!), []);
    closeSync(taken);
    isOpen = false;
    await eventually(() => assert.notDeepEqual(lb.heldBy(one!), []));
    await lb.eachHeldOnce();
  });

  test('move from a dead node although a pod writes packets in its name', async (t) => {
    await allHeld();
    const victim = lb.holderOf('172.30.15.1');
    const lost = lb.heldBy(victim);
    const [host, target] = lb.nodes.filter((node) => node !== victim);
    const pod = await lb.world.addPod(host!, 'liar');
    const liar = frameSender(pod.netns);
    const link = withKernel(pod.netns, (socket) => findLink(socket, 'eth0'));
    const heartbeat = encodeHeartbeat({ seesCluster: true, held: new Set(lost) });
    const lies = setInterval(() => {
      for (const to of [host!, target!])
        liar.send(link?.index ?? 0, frameOf(link?.mac ?? '', victim.ips[0], to.ips[0], heartbeat));
    }, 100);
    t.after(() => {
      clearInterval(lies);
      liar.close();
    });
    lb.die(victim);
    for (const address of lost) await eventually(() => lb.answerAt(address), 30_000, 10);
  });
});

/** An informer of what nobody tells. */
function unsynced<T extends Service | EndpointSlice | Node>(): TestInformer<T> {
  const informer = new TestInformer<T>();
  Object.defineProperty(informer, 'synced', { value: new Promise(() => {}) });
  informer.hasSynced = false;
  return informer;
}

/** A datagram for the heartbeats' port with 255 hops to go, as a pod hands it to its node. */
function frameOf(mac: string, from: string, to: string, payload: Buffer): Buffer {
  const ethernet = Buffer.concat([
    Buffer.from('eeeeeeeeeeee', 'hex'),
    Buffer.from(mac.replaceAll(':', ''), 'hex'),
    Buffer.from('0800', 'hex'),
  ]);
  const ip = Buffer.from('4500000000000000ff110000', 'hex');
  const header = Buffer.concat([ip, ...[from, to].map((text) => addressBytes(parseAddress(text)))]);
  header.writeUInt16BE(header.length + 8 + payload.length, 2);
  let sum = 0;
  for (let i = 0; i < header.length; i += 2) sum += header.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  header.writeUInt16BE(~sum & 0xffff, 10);
  const udp = Buffer.alloc(8);
  for (const at of [0, 2]) udp.writeUInt16BE(heartbeatPort, at);
  udp.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([ethernet, header, udp, payload]);
}
