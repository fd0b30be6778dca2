/** Ports of a node that pods ask for. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { type Peer, peers } from '../../support/peers.ts';
import { apply, podBecomes, podOf, ready } from '../../support/pods.ts';
import { call, udpClient } from '../../support/sockets.ts';
import { answer, answers, serviceOf, type World, world } from './world.ts';

describe('a host port', () => {
  let at: World;
  let ported: Peer;
  let [nodeIP, nodeIP6, otherIP]: string[] = [];

  const asking = (name: string, ...ports: object[]) =>
    podOf({
      name,
      node: at.nodes[0],
      script: 'sleep infinity',
      container: { ports: ports.map((port) => ({ containerPort: 9000, ...port })) } as object,
    });

  before(async () => {
    at = await world();
    [nodeIP = '', nodeIP6 = ''] = at.ips(at.nodes[0]);
    [otherIP] = at.ips(at.nodes[1]);
    await apply(
      at.kubectl,
      asking(
        'ported',
        { hostPort: 9080 },
        { hostPort: 9080, protocol: 'UDP' },
        { hostPort: 9081, hostIP: '127.0.0.1' },
        { hostPort: 9082, hostIP: nodeIP },
      ),
    );
    [ported] = (await peers(at.kubectl, 'ported')) as [Peer];
    await answer([ported], { tcp: [9000], udp: [9000] });
    await ready(at.kubectl, 'ported');
    await eventually(async () =>
      assert.match(await call(at.lan, { address: nodeIP ?? '', port: 9080 }), /^ported/),
    );
  });

  test('is reached from the LAN, from pods and from nodes, and every client keeps its address', async () => {
    for (const protocol of ['tcp', 'udp'] as const)
      for (const [from, [own, own6]] of [
        [at.lan, at.lanIPs],
        [at.client.netns, [at.client.ip, at.client.ip6]],
        [at.two.netns, [at.two.ip, at.two.ip6]],
        [at.node, at.ips(at.nodes[0])],
        [at.nodeNetns(at.nodes[1]), at.ips(at.nodes[1])],
      ] as const) {
        const port = { port: 9080, protocol };
        assert.equal(await call(from, { address: nodeIP ?? '', ...port }), `ported ${own}`);
        assert.equal(await call(from, { address: nodeIP6 ?? '', ...port }), `ported ${own6}`);
      }
  });

  test('is reached by the node’s 127.0.0.1, and by the pod itself, under the node’s address', async () => {
    assert.equal(await call(at.node, { address: '127.0.0.1', port: 9080 }), `ported ${nodeIP}`);
    assert.equal(await call(ported.netns, { address: nodeIP ?? '', port: 9080 }), `ported ${nodeIP}`);
  });

  test('is on no other node, and not on the host’s loopback', async () => {
    assert.equal(await call(at.lan, { address: otherIP ?? '', port: 9080 }), 'ECONNREFUSED');
    assert.equal(await call(undefined, { address: at.hostAddress, port: 9080 }), 'ECONNREFUSED');
  });

  test('with a hostIP is on that address alone', async () => {
    assert.equal(await call(at.node, { address: '127.0.0.1', port: 9081 }), `ported ${nodeIP}`);
    assert.equal(await call(at.lan, { address: nodeIP ?? '', port: 9081 }), 'ECONNREFUSED');
    assert.equal(await call(at.lan, { address: nodeIP ?? '', port: 9082 }), `ported ${at.lanIPs[0]}`);
    for (const address of ['127.0.0.1', nodeIP6 ?? ''])
      assert.equal(await call(at.node, { address, port: 9082 }), 'ECONNREFUSED');
  });

  test('that is taken is refused to another pod, by the node and by the scheduler', async () => {
    const waiting = asking('waiting', { hostPort: 9080 }, { hostPort: 9080, protocol: 'UDP' });
    delete waiting.spec?.nodeName;
    Object.assign(waiting.spec ?? {}, { nodeSelector: { 'kubernetes.io/hostname': at.nodes[0] } });
    await apply(at.kubectl, asking('pushed', { hostPort: 9080 }), waiting);
    const { status } = await podBecomes(at.kubectl, 'pushed', (pod) => pod.status?.phase === 'Failed');
    assert.equal(status?.reason, 'NodePorts');
    assert.match(
      status?.message ?? '',
      /^Pod was rejected: .*didn't have free ports for the requested pod ports/,
    );
    assert.match(await at.kubectl('get', 'pod', 'pushed', '--no-headers'), /^pushed +0\/1 +NodePorts /);
    await podBecomes(
      at.kubectl,
      'waiting',
      (pod) =>
        pod.status?.conditions?.some(({ message }) => message?.includes("didn't have free ports")) ?? false,
    );
    await at.kubectl('delete', 'pod', 'pushed');
  });

  test('waits while it is a Service’s node port', async () => {
    await apply(at.kubectl, asking('early', { hostPort: 30980 }));
    const [early] = (await peers(at.kubectl, 'early')) as [Peer];
    await answer([early], { tcp: [9000] });
    const port = { address: nodeIP ?? '', port: 30980 };
    await eventually(async () => assert.equal(await call(at.lan, port), `early ${at.lanIPs[0]}`));

    const ports = [{ port: 80, targetPort: 5300, nodePort: 30980 }];
    await apply(at.kubectl, serviceOf('port-taker', { type: 'NodePort', ports }));
    await eventually(async () =>
      assert.deepEqual(await answers(at.lan, port), [`one ${nodeIP}`, `two ${nodeIP}`]),
    );
    await eventually(async () =>
      assert.match(
        await at.kubectl('get', 'events', '--field-selector', 'reason=HostPortWaits'),
        /pod\/early +hostPort 30980\/TCP waits: it is the node port of Service default\/port-taker/,
      ),
    );
    await at.kubectl('delete', 'service', 'port-taker');
    await eventually(async () => assert.deepEqual(await answers(at.lan, port), [`early ${at.lanIPs[0]}`]));
  });

  test('goes with its pod, to the next that asks for it', async (t) => {
    // One that keeps its port, over UDP.
    const faithful = await udpClient(at.lan, { address: nodeIP6 ?? '', port: 9080 });
    t.after(() => faithful.close());
    await eventually(async () => assert.match(await faithful.ask(), /^ported /));
    await at.kubectl('delete', 'pod', 'ported', 'early');
    const [next] = (await peers(at.kubectl, 'waiting')) as [Peer];
    await answer([next], { tcp: [9000], udp: [9000] });
    await eventually(async () => assert.match(await faithful.ask(), /^waiting /));
    for (const address of [nodeIP ?? '', nodeIP6 ?? '']) {
      await eventually(async () => assert.match(await call(at.lan, { address, port: 9080 }), /^waiting/));
      assert.equal(await call(at.lan, { address, port: 9082 }), 'ECONNREFUSED');
    }
    await at.kubectl('delete', 'pod', 'waiting');
    await eventually(async () =>
      assert.equal(await call(at.lan, { address: nodeIP ?? '', port: 9080 }), 'ECONNREFUSED'),
    );
  });
});
