/** A LAN with nodes and pods, made of namespaces by the project's own code, without processes: sockets are made inside them. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import type { Node, Pod } from '../../src/api/types.ts';
import type { PodNetwork, Sandbox } from '../../src/kubelet/contract.ts';
import { familyOf } from '../../src/lib/ip.ts';
import { createNetns, inNamespace, removeNamespace } from '../../src/lib/linux/namespaces.ts';
import { socketIn, tcpSocketIn } from '../../src/lib/linux/sockets.ts';
import { attachNode, createLan } from '../../src/network/lan.ts';
import { podNetwork } from '../../src/network/links.ts';
import { prepareNode } from '../../src/network/node.ts';

export const serviceCIDRs = ['10.96.0.0/12', 'fd96::/112'];
export const clusterCIDRs = ['10.244.0.0/16', 'fd44::/56'];

export interface TestNode {
  name: string;
  netns: string;
  ips: [string, string];
  network: PodNetwork;
  object: Node;
}

export interface TestPod {
  uid: string;
  netns: string;
  ip: string;
  ip6: string;
  node: TestNode;
  sandbox: Sandbox;
}

export class World implements AsyncDisposable {
  readonly dir = mkdtempSync(`${tmpdir()}/switchboard-kernel-`);
  readonly lan = `${this.dir}/lan`;
  readonly #nodes: TestNode[] = [];
  readonly #namespaces: string[] = [];
  readonly #closers: (() => void)[] = [];

  constructor() {
    createLan({ netnsFile: this.lan, addresses: ['172.30.0.1/20', 'fd30::1/64'] });
    this.#namespaces.push(this.lan);
  }

  addNode(n: number): TestNode {
    const name = `node-${n}`;
    const dir = `${this.dir}/${name}`;
    mkdirSync(dir);
    const netns = `${dir}/netns`;
    createNetns(netns);
    this.#namespaces.push(netns);
    const ips: [string, string] = [`172.30.0.${n + 1}`, `fd30::${n + 1}`];
    attachNode({
      lanNetns: this.lan,
      nodeNetns: netns,
      nodeName: name,
      addresses: [`${ips[0]}/20`, `${ips[1]}/64`],
    });
    inNamespace(netns, () => prepareNode({ nodeIPs: ips, serviceCIDRs }));
    const podCIDRs = [`10.244.${n}.0/24`, `fd44:0:0:${n}::/64`];
    const network = podNetwork({
      podCIDRs: () => podCIDRs,
      nodeIPs: () => ips,
      stateDir: `${dir}/state`,
      runDir: `${dir}/pods`,
      nodeNetns: netns,
    });
    const object: Node = {
      metadata: { name },
      spec: { podCIDRs },
      status: { addresses: ips.map((address) => ({ type: 'InternalIP', address })) },
    };
    const node = { name, netns, ips, network, object };
    this.#nodes.push(node);
    return node;
  }

  async addPod(node: TestNode, name: string): Promise<TestPod> {
    const sandbox = await node.network.setUp(podObject(name), name);
    const [ip = '', ip6 = ''] = sandbox.podIPs;
    return { uid: `uid-${name}`, netns: sandbox.netns ?? '', ip, ip6, node, sandbox };
  }

  /** Answers every TCP connection with its name and the address that it sees. */
  async serveTcp(netns: string, port: number, name: string, address = '0.0.0.0'): Promise<Server> {
    const fd = socketIn(netns, { type: 'tcp', family: familyOf(address), bind: { address, port } });
    const server = createServer((socket) => {
      socket.on('error', () => {});
      // One whose client was cut off would hold the test up for minutes.
      socket.unref();
      socket.end(`${name} ${socket.remoteAddress}`);
    });
    server.listen({ fd });
    await once(server, 'listening');
    this.#closers.push(() => server.close());
    return server;
  }

  /** Answers every datagram with its name and the address that it sees. */
  async serveUdp(netns: string, port: number, name: string): Promise<UdpSocket> {
    const fd = socketIn(netns, { type: 'udp', family: 4, bind: { address: '0.0.0.0', port } });
    const socket = createSocket('udp4');
    socket.on('message', (_, from) => socket.send(`${name} ${from.address}`, from.port, from.address));
    await bound(socket, fd);
    this.#closers.push(() => socket.close());
    return socket;
  }

  /** A client that keeps its port, as DNS resolvers do. */
  async udpClient(netns: string, address = '0.0.0.0'): Promise<UdpSocket> {
    const fd = socketIn(netns, { type: 'udp', family: 4, bind: { address, port: 0 } });
    const socket = createSocket('udp4');
    socket.on('error', () => {});
    await bound(socket, fd);
    this.#closers.push(() => socket.close());
    return socket;
  }

  /** For things of a test that have to be ended. */
  onClose(close: () => void): void {
    this.#closers.push(close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers) close();
    for (const { network } of this.#nodes)
      for (const { uid } of await network.list()) await network.tearDown(uid);
    for (const file of this.#namespaces) removeNamespace(file);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function bound(socket: UdpSocket, fd: number): Promise<void> {
  // Said at once for a descriptor: one has to listen for it first.
  const listening = once(socket, 'listening');
  socket.bind({ fd });
  await listening;
}

export function podObject(name: string, spec: object = {}): Pod {
  return { metadata: { name, namespace: 'default', uid: `uid-${name}` }, spec: { containers: [], ...spec } };
}

/** What a server says to a TCP client inside a namespace; rejects as `connect` does, and after two seconds of silence. */
export async function callTcp(netns: string, host: string, port: number): Promise<string> {
  const socket = tcpSocketIn(netns, host);
  socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
  socket.connect({ host, port });
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  return said.replaceAll('::ffff:', '');
}

export async function callUdp(
  client: UdpSocket,
  host: string,
  port: number,
  waitMs = 3_000,
): Promise<string> {
  const answer = once(client, 'message') as Promise<[Buffer]>;
  client.send('?', port, host);
  const [message] = await Promise.race([answer, silence(waitMs)]);
  return message.toString();
}

function silence(ms: number): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  // What came while this process had to wait for its turn is heard first.
  setTimeout(() => setTimeout(() => reject(new Error('no answer')), 100).unref(), ms).unref();
  return promise;
}

/** The code of what a promise is rejected with: `ECONNREFUSED`. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    return `it succeeded: ${String(await promise)}`;
  } catch (err) {
    return err instanceof Error && 'code' in err ? String(err.code) : String(err);
  }
}
