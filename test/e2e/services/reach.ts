/** Who reaches what, and as whom. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { apply } from '../../support/pods.ts';
import { hearSctp, sendInit } from '../../support/sctp.ts';
import { call } from '../../support/sockets.ts';
import { answers, clusterIPsOf, ports, serviceOf, type World, world } from './world.ts';

/** Every port of the Service `web`: by its own number, and by the node's. */
const all = [
  { port: 80, nodePort: 30080, protocol: 'tcp' },
  { port: 53, nodePort: 30053, protocol: 'udp' },
  // The same number for another protocol is another port.
  { port: 53, nodePort: 30053, protocol: 'tcp' },
] as const;
const byNumber = all.map(({ port, protocol }) => ({ port, protocol }));
const byNodePort = all.map(({ nodePort: port, protocol }) => ({ port, protocol }));

describe('a Service is reached', () => {
  let at: World;
  let clusterIPs: string[];
  const both = (source: string | undefined) => [`one ${source}`, `two ${source}`];

  before(async () => {
    at = await world();
    await apply(
      at.kubectl,
      serviceOf('web', {
        type: 'NodePort',
        ports: [
          { ...ports.http, nodePort: 30080 },
          { ...ports.echo, nodePort: 30053 },
          { ...ports.echoTcp, nodePort: 30053 },
        ],
      }),
    );
    clusterIPs = await clusterIPsOf(at, 'web');
    // Both nodes know all of it.
    for (const { netns } of [at.client, at.two])
      for (const address of clusterIPs)
        await eventually(async () => {
          for (const port of byNumber)
            assert.match((await answers(netns, { address, ...port })).join(), /^one .*,two /);
        });
  });

  test('by its ClusterIP from a pod, which keeps its address', async () => {
    const own = [at.client.ip, at.client.ip6];
    for (const [n, address] of clusterIPs.entries())
      for (const port of byNumber)
        assert.deepEqual(await answers(at.client.netns, { address, ...port }), both(own[n]));
  });

  test('by its ClusterIP from a node and pods on its network, under the node’s address', async () => {
    for (const [n, address] of clusterIPs.entries())
      for (const from of [at.node, at.onHost.netns])
        for (const port of byNumber)
          assert.deepEqual(await answers(from, { address, ...port }), both(at.ips(at.nodes[0])[n]));
  });

  test('by its ClusterIP from the LAN, where a route to it leads to a node', async (t) => {
    for (const [n, address] of clusterIPs.entries()) {
      const router = at.ips(at.nodes[1])[n] ?? '';
      await at.onLan('ip', 'route', 'add', address, 'via', router);
      t.after(() => at.onLan('ip', 'route', 'del', address, 'via', router));
      for (const port of byNumber)
        assert.deepEqual(await answers(at.lan, { address, ...port }), both(router));
    }
  });

  test('by the node port of any node from the LAN, under that node’s address', async () => {
    for (const node of at.nodes)
      for (const address of at.ips(node))
        for (const port of byNodePort)
          assert.deepEqual(await answers(at.lan, { address, ...port }), both(address));
  });

  test('by the node port of any node from a pod and from a node', async () => {
    for (const from of [at.client.netns, at.onHost.netns, at.node])
      for (const node of at.nodes)
        for (const address of at.ips(node))
          for (const port of byNodePort)
            assert.deepEqual(await answers(from, { address, ...port }), both(address));
  });

  test('by the node port of 127.0.0.1 on each node', async () => {
    for (const node of at.nodes)
      for (const port of byNodePort)
        assert.deepEqual(
          await answers(at.nodeNetns(node), { address: '127.0.0.1', ...port }),
          both(at.ips(node)[0]),
        );
  });

  test('not by the node port of ::1, which no rule can lead away from the loopback link', async () => {
    for (const { port, protocol } of byNodePort)
      assert.equal(await call(at.node, { address: '::1', port, protocol }), 'ECONNREFUSED');
  });

  test('by the node port of the host’s own loopback', async () => {
    const ends = both('').map((text) => text.trim());
    // The relay hears of a Service by itself.
    for (const port of byNodePort)
      await eventually(async () => {
        const seen = await answers(undefined, { address: at.hostAddress, ...port });
        assert.deepEqual([...new Set(seen.map((answer) => answer.split(' ')[0]))], ends);
      });
  });

  test('by a pod that is its endpoint: that one sees its node, others see the pod', async () => {
    const [nodeIP, nodeIP6] = at.ips(at.nodes[0]);
    const [ip = '', ip6 = ''] = clusterIPs;
    for (const port of byNumber) {
      const own = await answers(at.one.netns, { address: ip, ...port });
      assert.deepEqual(own, [`one ${nodeIP}`, `two ${at.one.ip}`]);
      const own6 = await answers(at.one.netns, { address: ip6, ...port });
      assert.deepEqual(own6, [`one ${nodeIP6}`, `two ${at.one.ip6}`]);
    }
    for (const port of byNodePort)
      assert.deepEqual(await answers(at.one.netns, { address: nodeIP, ...port }), both(nodeIP));
  });

  test('on no other port, and no other protocol: that is refused at once', async () => {
    for (const address of clusterIPs)
      for (const port of [
        { port: 81, protocol: 'tcp' },
        { port: 80, protocol: 'udp' },
      ] as const)
        assert.equal(await call(at.client.netns, { address, ...port }), 'ECONNREFUSED');
  });

  test('over SCTP: the first packet of an association comes to an endpoint, on its port', async (t) => {
    const port = { name: 'sctp', port: 3868, targetPort: 3869, protocol: 'SCTP', nodePort: 30868 };
    await apply(at.kubectl, serviceOf('signals', { type: 'NodePort', ports: [port] }));
    const addresses = await clusterIPsOf(at, 'signals');
    for (const [n, family] of ([4, 6] as const).entries()) {
      const ears = [at.one, at.two].map(({ netns }) => hearSctp(netns, family));
      for (const ear of ears) t.after(ear.close);
      for (const [from, target] of [
        [at.client.netns, { address: addresses[n] ?? '', port: 3868 }],
        [at.node, { address: addresses[n] ?? '', port: 3868 }],
        [at.lan, { address: at.ips(at.nodes[1])[n] ?? '', port: 30868 }],
      ] as const)
        await eventually(() => {
          sendInit(from, target);
          assert.ok(ears.some((ear) => ear.ports().includes(3869)));
        });
    }
    await at.kubectl('delete', 'service', 'signals');
  });
});
