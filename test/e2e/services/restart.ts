/** What stays when a node's agent ends and another begins: all of it. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { keepCalling } from '../../support/calls.ts';
import { eventually } from '../../support/eventually.ts';
import { killHard } from '../../support/faults.ts';
import { type Peer, peers } from '../../support/peers.ts';
import { apply, podOf } from '../../support/pods.ts';
import { call, type Target } from '../../support/sockets.ts';
import { answer, clusterIPsOf, ports, serviceOf, type World, world } from './world.ts';

describe('an agent that starts anew', () => {
  let at: World;
  before(async () => {
    at = await world();
  });

  test('keeps host ports, node ports and whom the clients of sessionAffinity had', async (t) => {
    const port = { containerPort: 9000, hostPort: 9090 };
    await apply(
      at.kubectl,
      podOf({
        name: 'kept',
        node: at.nodes[0],
        script: 'sleep infinity',
        container: { ports: [port] } as object,
      }),
      serviceOf('kept', {
        type: 'NodePort',
        sessionAffinity: 'ClientIP',
        ports: [{ ...ports.echoTcp, nodePort: 30690 }],
      }),
    );
    await answer((await peers(at.kubectl, 'kept')) as Peer[], { tcp: [9000] });
    const [address, address6] = at.ips(at.nodes[0]);
    const [ip = '', ip6 = ''] = await clusterIPsOf(at, 'kept');
    const places: [string, Target, string?][] = [
      [at.lan, { address, port: 9090 }],
      [at.lan, { address: address6, port: 9090 }],
      [at.client.netns, { address: ip, port: 53 }],
      [at.client.netns, { address: ip6, port: 53 }],
      [at.lan, { address: address6, port: 30690 }],
      ...Array.from({ length: 12 }, (_, n): [string, Target, string] => [
        at.node,
        { address: '127.0.0.1', port: 30690 },
        `127.0.2.${n + 1}`,
      ]),
    ];
    const all = async () => {
      const said: string[] = [];
      for (const [netns, target, from] of places)
        said.push(await call(netns, target, from === undefined ? {} : { from }));
      return said;
    };
    const before = await eventually(async () => {
      const said = await all();
      for (const one of said) assert.match(one, /^(one|two|kept) /);
      return said;
    });

    const calls = keepCalling(t, async () => assert.deepEqual(await all(), before));
    await killHard(at, 'agent', at.nodes[0]);
    // What is made after it ended is followed by the next one.
    await apply(at.kubectl, serviceOf('later', { ports: [ports.echoTcp] }));
    const [later = ''] = await clusterIPsOf(at, 'later');
    await eventually(async () =>
      assert.match(await call(at.node, { address: later, port: 53 }), /^(one|two) /),
    );
    await calls.stop();
    assert.deepEqual(calls.failures, []);
    assert.deepEqual(await all(), before);
    await at.kubectl('delete', 'service/kept', 'service/later', 'pod/kept');
  });
});
