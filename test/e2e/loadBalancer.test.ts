/** Addresses of load balancers as clients meet them: who is reached, as whom, and by which node when one dies. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event, Service } from '../../src/api/types.ts';
import { listAddresses } from '../../src/lib/linux/netlink/addresses.ts';
import { netlink } from '../../src/lib/linux/netlink/socket.ts';
import { holderOf as electedFor } from '../../src/loadbalancer/election.ts';
import { keepCalling } from '../support/calls.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { backAgain, killHard } from '../support/faults.ts';
import { answering, type Peer, peers } from '../support/peers.ts';
import { apply, podOf, ready } from '../support/pods.ts';
import { answerTcp, call, type Listener, type Target } from '../support/sockets.ts';

const name = 'e2e-loadbalancer';
const nodes = [1, 2, 3].map((n) => `${name}-${n}`);
/** Far beyond the two or three seconds that it takes: this is about whether, not how fast. */
const patienceMs = 60_000;

let cluster: TestCluster;
let client: Peer;
/** A pod on each node, in order. */
let pods: Peer[] = [];
const listeners: Listener[] = [];
const lan = () => cluster.lanNetns;
const lanAddress = { '4': /^\S+ 172\.30\.\d+\.1$/, '6': /^\S+ fd30:(0:0:\d+)?:+1$/ };

/** Reached over TCP at 8080 and UDP at 8053, at an address of each family. */
const serviceOf = (own: string, spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: own },
  spec: {
    type: 'LoadBalancer',
    ipFamilyPolicy: 'RequireDualStack',
    selector: { tier: 'web' },
    ports: [
      { name: 'web', port: 8080, targetPort: 9000 },
      { name: 'echo', port: 8053, targetPort: 9000, protocol: 'UDP' },
    ],
    ...spec,
  },
});

const get = (own: string) => cluster.kubectl.json<Service>('get', 'service', own);
const remove = (...names: string[]) => cluster.kubectl('delete', 'service', ...names);
const label = (pod: string, text: string) => cluster.kubectl('label', 'pod', pod, '--overwrite', text);

/** Its addresses, IPv4 first, once each is held and answers. */
async function balancerAt(own: string): Promise<[string, string]> {
  return eventually(async () => {
    const ips = (await get(own)).status?.loadBalancer?.ingress?.map(({ ip = '' }) => ip) ?? [];
    for (const address of ips) assert.match(await call(lan(), { address, port: 8080 }), /^(one|two|three) /);
    assert.equal(ips.length, 2);
    return ips as [string, string];
  });
}

const portsAt = (address: string): Target[] => [
  { address, port: 8080 },
  { address, port: 8053, protocol: 'udp' },
];

function isRunning(node: string): boolean {
  return cluster.record().nodes.some((n) => n.name === node && n.process !== undefined);
}

/** Names of the nodes that hold it. */
function holdersOf(address: string): string[] {
  return nodes.filter(isRunning).filter((node) => {
    const socket = netlink(cluster.nodeNetns(node));
    try {
      return listAddresses(socket).some((held) => held.address === address);
    } finally {
      socket.close();
    }
  });
}

const holderOf = (address: string): Promise<string> =>
  eventually(() => {
    const [holder, ...others] = holdersOf(address);
    assert.ok(holder && others.length === 0, `${address} is held by ${[holder, ...others].join()}`);
    return holder;
  }, patienceMs);

async function answersAgain(address: string): Promise<number> {
  const startMs = performance.now();
  await eventually(
    async () =>
      assert.match(await call(lan(), { address, port: 8080 }, { waitMs: 300 }), /^(one|two|three) /),
    patienceMs,
    10,
  );
  return Math.round(performance.now() - startMs);
}

before(async () => {
  cluster = await startCluster({ name, nodes: 3 });
  const { kubectl } = cluster;
  const names = ['one', 'two', 'three'];
  const web = (own: string, n: number) =>
    podOf({ name: own, node: nodes[n] ?? '', script: 'sleep infinity', labels: { tier: 'web' } });
  await apply(
    kubectl,
    podOf({ name: 'client', node: nodes[0] ?? '', script: 'sleep infinity' }),
    ...names.map(web),
  );
  [client, ...pods] = (await peers(kubectl, 'client', ...names)) as [Peer, ...Peer[]];
  listeners.push(await answering(pods, { tcp: [9000], udp: [9000] }));
  await ready(kubectl, 'client', ...names);
});
after(async () => {
  for (const { close } of listeners) close();
  await cluster?.down();
});

describe('a load balancer’s address', { timeout: 240_000 }, () => {
  test('is reached from the LAN, pods and nodes, over both families and protocols', async () => {
    await apply(cluster.kubectl, serviceOf('web', {}));
    const addresses = await balancerAt('web');
    const places = [lan(), client.netns, ...pods.map(({ netns }) => netns), ...nodes.map(cluster.nodeNetns)];
    // Each node has the rules when it has them.
    for (const target of addresses.flatMap(portsAt))
      for (const [n, from] of places.entries())
        await eventually(async () => {
          for (let i = 0; i < 6; i++)
            assert.match(await call(from, target), /^(one|two|three) /, `${n} ${JSON.stringify(target)}`);
        });
  });

  test('is held by one node, which an event names', async () => {
    const addresses = await balancerAt('web');
    for (const address of addresses) {
      const holder = await holderOf(address);
      await eventually(async () => {
        const { items } = await cluster.kubectl.json<{ items: Event[] }>(
          ...['get', 'events', '--field-selector', 'involvedObject.name=web,reason=NodeAssigned'],
        );
        const said = items.map(({ message, type }) => `${type} ${message}`);
        assert.ok(said.includes(`Normal ${address} is announced from node ${holder}`), said.join('; '));
      });
    }
  });

  test('is reached from the host by the port on its loopback', async () => {
    const { hostAddress: address } = cluster;
    for (const target of portsAt(address))
      await eventually(async () => assert.match(await call(undefined, target), /^(one|two|three) /));
    await apply(
      cluster.kubectl,
      serviceOf('six', {
        ipFamilyPolicy: 'SingleStack',
        ipFamilies: ['IPv6'],
        ports: [{ port: 8081, targetPort: 9000 }],
      }),
    );
    await eventually(async () =>
      assert.match(await call(undefined, { address, port: 8081 }), /^(one|two|three) /),
    );
    await remove('six');
    await eventually(async () =>
      assert.equal(await call(undefined, { address, port: 8081 }), 'ECONNREFUSED'),
    );
  });

  test('a port that the host uses itself is left to it, and carried as soon as it is free', async () => {
    const { hostAddress: address } = cluster;
    const taken = await answerTcp('/proc/self/ns/net', 8090, 'host');
    const ports = [8090, 8091].map((port) => ({ name: `p${port}`, port, targetPort: 9000 }));
    await apply(cluster.kubectl, serviceOf('busy', { ports }));
    await eventually(async () =>
      assert.match(await call(undefined, { address, port: 8091 }), /^(one|two|three) /),
    );
    assert.match(await call(undefined, { address, port: 8090 }), /^host /);
    taken.close();
    await cluster.kubectl('annotate', 'service', 'busy', 'something=changes');
    await eventually(async () =>
      assert.match(await call(undefined, { address, port: 8090 }), /^(one|two|three) /),
    );
    await remove('busy');
  });

  test('answers on the Service’s ports and on nothing else: no node port, no socket of the node', async () => {
    const addresses = await balancerAt('web');
    const nodePort = (await get('web')).spec?.ports?.[0]?.nodePort ?? 0;
    const nodeIPs = cluster.record().nodes.map((node) => node.addresses[0] ?? '');
    assert.match(await call(lan(), { address: nodeIPs[1] ?? '', port: nodePort }), /^(one|two|three) /);
    for (const address of addresses) {
      const node = cluster.nodeNetns(await holderOf(address));
      // Both are open on the node itself.
      const open = await answerTcp(node, 7070, 'the node');
      for (const from of [lan(), client.netns, node])
        for (const port of [7070, 10250, nodePort, 8081])
          assert.equal(await call(from, { address, port }), 'ECONNREFUSED', `${address} ${port}`);
      for (const from of [lan(), client.netns])
        assert.equal(await call(from, { address, port: 8054, protocol: 'udp' }), 'ECONNREFUSED');
      open.close();
    }
  });

  test('under externalTrafficPolicy Local keeps the client’s address, and is held where endpoints are', async () => {
    await label('two', 'turn=local');
    await apply(
      cluster.kubectl,
      serviceOf('local', { externalTrafficPolicy: 'Local', selector: { turn: 'local' } }),
    );
    const addresses = await balancerAt('local');
    for (const [pod, n] of [
      ['two', 1],
      ['three', 2],
      ['one', 0],
    ] as const) {
      await label(pod, 'turn=local');
      for (const other of ['one', 'two', 'three']) if (other !== pod) await label(other, 'turn-');
      await eventually(
        () => assert.deepEqual(addresses.map(holdersOf), [[nodes[n]], [nodes[n]]]),
        patienceMs,
      );
      for (const [i, address] of addresses.entries())
        for (const target of portsAt(address)) {
          await eventually(async () =>
            assert.match(await call(lan(), target, { waitMs: 500 }), new RegExp(`^${pod} `)),
          );
          assert.match(await call(lan(), target), lanAddress[i === 0 ? '4' : '6']);
        }
    }
    await label('one', 'turn-');
    await remove('local');
  });

  test('stays when an agent is killed and comes back', async (t) => {
    const addresses = await balancerAt('web');
    const before = await Promise.all(addresses.map(holderOf));
    const calls = addresses.map((address) =>
      keepCalling(t, async () =>
        assert.match(await call(lan(), { address, port: 8080 }), /^(one|two|three) /),
      ),
    );
    for (const node of new Set(before)) {
      const killed = await killHard(cluster, 'agent', node);
      const follows = () => cluster.kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/healthz`);
      t.diagnostic(`back after ${await backAgain(cluster, 'agent', killed, follows, patienceMs)} ms`);
      await sleep(3_000);
    }
    for (const { stop, failures } of calls) {
      await stop();
      assert.deepEqual(failures, []);
    }
    assert.deepEqual(await Promise.all(addresses.map(holderOf)), before);
  });
});

describe('when a node dies', { timeout: 240_000 }, () => {
  /** By node, an address that it is to hold, of the Service of its name. */
  const addressOf = new Map<string, string>();

  before(async () => {
    const pool = (cluster.record().nodes[0]?.addresses[0] ?? '').split('.').map(Number);
    const candidates = nodes.map((node) => ({ name: node, goodFor: 1 }));
    for (const node of nodes) {
      const last = Array.from({ length: 100 }, (_, n) => n + 100).find(
        (n) => electedFor(`172.30.${(pool[2] ?? 0) + 15}.${n}`, candidates) === node,
      );
      const address = `172.30.${(pool[2] ?? 0) + 15}.${last}`;
      addressOf.set(node, address);
      // Endpoints of a dead node go when its Lease is old; here only addresses are to move, and the first node lives.
      const spec = {
        ipFamilyPolicy: 'SingleStack',
        loadBalancerIP: address,
        selector: { app: 'one' },
      };
      await apply(cluster.kubectl, serviceOf(`of-${node}`, spec));
      await answersAgain(address);
      assert.equal(await holderOf(address), node);
    }
  });

  const at = (node: string): string => addressOf.get(node) ?? '';

  test('its addresses move to others, those of others stay, and they come back with it', async (t) => {
    const [first = '', second = '', third = ''] = nodes;
    await cluster.switchboard('node', 'stop', third);
    t.diagnostic(`answered again after ${await answersAgain(at(third))} ms`);
    const heir = await holderOf(at(third));
    assert.notEqual(heir, third);
    for (const node of [first, second]) assert.equal(await holderOf(at(node)), node);
    await eventually(async () => {
      const events = await cluster.kubectl(
        'get',
        'events',
        '--field-selector',
        `involvedObject.name=of-${third}`,
      );
      assert.ok(events.includes(`${at(third)} is announced from node ${heir}`), events);
    });
    await cluster.switchboard('node', 'start', third);
    await eventually(async () => assert.equal(await holderOf(at(third)), third), 30_000);
    await answersAgain(at(third));
    for (const node of [first, second]) assert.equal(await holderOf(at(node)), node);
  });

  test('they move also while there is no control plane', async (t) => {
    const [first = '', second = ''] = nodes;
    const address = at(second);
    await cluster.inNode(first, 'sv', '-w', '60', 'down', 'controlplane');
    try {
      await cluster.switchboard('node', 'stop', second);
      t.diagnostic(`answered again after ${await answersAgain(address)} ms`);
      assert.notEqual(await holderOf(address), second);
      // An agent that starts now knows nothing but what its kernel has.
      const holder = await holderOf(address);
      await cluster.inNode(holder, 'sv', '-w', '60', 'restart', 'agent');
      await sleep(4_000);
      assert.equal(await holderOf(address), holder);
      await answersAgain(address);
    } finally {
      await cluster.inNode(first, 'sv', 'up', 'controlplane');
      await cluster.switchboard('node', 'start', second);
    }
    await eventually(async () => assert.equal(await holderOf(address), second), 60_000);
    await answersAgain(address);
  });
});
