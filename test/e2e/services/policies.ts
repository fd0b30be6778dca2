/** Traffic that keeps to a node, a zone, or the endpoint that it had before. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { apply } from '../../support/pods.ts';
import { call } from '../../support/sockets.ts';
import { answers, clusterIPsOf, ports, serviceOf, type World, world } from './world.ts';

const protocols = ['tcp', 'udp'] as const;
const both = [ports.echoTcp, ports.echo];

describe('traffic stays', () => {
  let at: World;
  before(async () => {
    at = await world();
  });

  const label = (pod: string, ...labels: string[]) =>
    at.kubectl('label', 'pod', pod, '--overwrite', ...labels);

  test('on the client’s node under internalTrafficPolicy Local, or is refused', async () => {
    await label('one', 'near=yes');
    await label('two', 'near=yes');
    const spec = { internalTrafficPolicy: 'Local', selector: { near: 'yes' }, ports: both };
    await apply(at.kubectl, serviceOf('near', spec));
    const addresses = await clusterIPsOf(at, 'near');
    const seen = async (from: string) => {
      const all = [];
      for (const address of addresses)
        for (const protocol of protocols) {
          const said = await answers(from, { address, port: 53, protocol }, 8);
          all.push(...said.map((answer) => answer.split(' ')[0]));
        }
      return [...new Set(all)];
    };
    const second = at.nodeNetns(at.nodes[1]);
    const everyone = async (onFirst: string) => {
      for (const from of [at.client.netns, at.node, at.one.netns])
        assert.deepEqual(await seen(from), [onFirst]);
      for (const from of [at.two.netns, second]) assert.deepEqual(await seen(from), ['two']);
    };
    await eventually(() => everyone('one'));
    await label('one', 'near-');
    await eventually(() => everyone('ECONNREFUSED'));
    await label('two', 'near-');
    await at.kubectl('delete', 'service', 'near');
  });

  test('on the node that it came to under externalTrafficPolicy Local, and its source is kept', async () => {
    await label('one', 'kept=yes');
    await label('two', 'kept=yes');
    await apply(
      at.kubectl,
      serviceOf('kept', {
        type: 'NodePort',
        externalTrafficPolicy: 'Local',
        selector: { kept: 'yes' },
        ports: both.map((port) => ({ ...port, nodePort: 30253 })),
      }),
    );
    const everywhere = async (from: string, said: (n: number, node: 0 | 1) => string[], waitMs = 3_000) => {
      for (const n of [0, 1])
        for (const node of [0, 1] as const)
          for (const protocol of protocols) {
            const target = { address: at.ips(at.nodes[node])[n] ?? '', port: 30253, protocol };
            assert.deepEqual(await answers(from, target, waitMs < 3_000 ? 1 : 32, waitMs), said(n, node));
          }
    };
    await eventually(() => everywhere(at.lan, (n, node) => [`${['one', 'two'][node]} ${at.lanIPs[n]}`]));
    // A node and its pods are inside: for them it is as by the ClusterIP. To another node they are clients like others.
    const seenBy = (sources: readonly string[]) => (n: number, node: 0 | 1) =>
      (node === 0 ? ['one', 'two'] : ['two']).map((name) => `${name} ${sources[n]}`);
    await everywhere(at.client.netns, seenBy([at.client.ip, at.client.ip6]));
    await everywhere(at.node, seenBy(at.ips(at.nodes[0])));
    // What comes by the host's loopback is a client on the LAN.
    const [nodePort] = await answers(undefined, { address: at.hostAddress, port: 30253 });
    assert.match(nodePort ?? '', new RegExp(` ${at.lanIPs[0]}$`));

    // A node without an endpoint of its own does not answer, so that clients try another way.
    await label('two', 'kept-');
    await eventually(() =>
      everywhere(at.lan, (n, node) => (node === 0 ? [`one ${at.lanIPs[n]}`] : ['no answer']), 200),
    );
    await label('one', 'kept-');
    await eventually(() => everywhere(at.lan, () => ['ECONNREFUSED']));
    await at.kubectl('delete', 'service', 'kept');
  });

  test('in the zone of the client under trafficDistribution PreferClose, as long as there is an endpoint', async () => {
    const zone = 'topology.kubernetes.io/zone';
    for (const [n, node] of at.nodes.entries())
      await at.kubectl('label', 'node', node, `${zone}=zone-${n}`, '--overwrite');
    await label('one', 'close=yes');
    await label('two', 'close=yes');
    const spec = { trafficDistribution: 'PreferClose', selector: { close: 'yes' }, ports: both };
    await apply(at.kubectl, serviceOf('close', spec));
    const seen = async (from: string) => {
      const all = [];
      for (const address of await clusterIPsOf(at, 'close'))
        for (const protocol of protocols)
          all.push(...(await answers(from, { address, port: 53, protocol }, 10)));
      return [...new Set(all.map((answer) => answer.split(' ')[0]))];
    };
    await eventually(async () => {
      assert.deepEqual(await seen(at.client.netns), ['one']);
      assert.deepEqual(await seen(at.node), ['one']);
      assert.deepEqual(await seen(at.two.netns), ['two']);
    });
    await label('one', 'close-');
    await eventually(async () => assert.deepEqual(await seen(at.client.netns), ['two']));
    for (const node of at.nodes) await at.kubectl('label', 'node', node, `${zone}-`);
    await label('two', 'close-');
    await at.kubectl('delete', 'service', 'close');
  });
});

describe('sessionAffinity ClientIP', () => {
  let at: World;
  before(async () => {
    at = await world();
  });

  /** Of the node, each a client of its own. */
  const clients = Array.from({ length: 24 }, (_, n) => `127.0.0.${n + 10}`);

  /** Whom each client is answered by. */
  async function endpoints(port: number, protocol: 'tcp' | 'udp'): Promise<string[]> {
    const all: string[] = [];
    for (const from of clients)
      all.push((await call(at.node, { address: '127.0.0.1', port, protocol }, { from })).split(' ')[0] ?? '');
    return all;
  }

  const sticky = (name: string, nodePort: number, timeoutSeconds: number, selector: object) =>
    serviceOf(name, {
      type: 'NodePort',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds } },
      selector,
      ports: both.map((port) => ({ ...port, nodePort })),
    });

  test('gives a client its endpoint again, until it was silent for timeoutSeconds', async () => {
    await apply(at.kubectl, sticky('sticky', 30353, 5, { tier: 'web' }));
    const first = await eventually(async () => {
      const seen = await endpoints(30353, 'tcp');
      assert.deepEqual([...new Set(seen)].sort(), ['one', 'two']);
      return seen;
    });
    for (let n = 0; n < 3; n++) {
      await sleep(2_000); // together more than the timeout, which is counted from the last connection
      assert.deepEqual(await endpoints(30353, 'tcp'), first);
    }
    await sleep(6_200);
    assert.notDeepEqual(await endpoints(30353, 'tcp'), first);
    await at.kubectl('delete', 'service', 'sticky');
  });

  test('stays with an endpoint when others come and go', async () => {
    const label = (pod: string, own: string) => at.kubectl('label', 'pod', pod, '--overwrite', own);
    for (const pod of ['one', 'two']) await label(pod, 'stay=yes');
    await apply(at.kubectl, sticky('staying', 30354, 60, { stay: 'yes' }));
    const seen = async () => [...(await endpoints(30354, 'tcp')), ...(await endpoints(30354, 'udp'))];
    const first = await eventually(async () => {
      const now = await seen();
      assert.deepEqual([...new Set(now)].sort(), ['one', 'two']);
      return now;
    });
    await label('two', 'stay-');
    const alone = await eventually(async () => {
      const now = await seen();
      assert.deepEqual([...new Set(now)], ['one']);
      return now;
    });
    await label('two', 'stay=yes');
    let next = 0;
    await eventually(async () => {
      const from = `127.0.1.${++next}`;
      assert.match(
        await call(at.node, { address: '127.0.0.1', port: 30354 }, { from }),
        /^two /,
        'a new client',
      );
    });
    assert.deepEqual(await seen(), alone);
    assert.ok(first.includes('one'));
    for (const pod of ['one', 'two']) await label(pod, 'stay-');
    await at.kubectl('delete', 'service', 'staying');
  });

  test('is by client over IPv6 too', async () => {
    await apply(at.kubectl, sticky('sticky6', 30355, 60, { tier: 'web' }));
    const [, address = ''] = await clusterIPsOf(at, 'sticky6');
    for (const protocol of protocols)
      for (const from of [at.client.netns, at.two.netns, at.node]) {
        const target = { address, port: 53, protocol };
        await eventually(async () => assert.match(await call(from, target), /^(one|two) /));
        assert.equal((await answers(from, target)).length, 1);
      }
    await at.kubectl('delete', 'service', 'sticky6');
  });
});
