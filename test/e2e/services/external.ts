/** Addresses for clients from outside: of load balancers, and those that somebody else routes to the nodes. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Service } from '../../../src/api/types.ts';
import { eventually } from '../../support/eventually.ts';
import { apply } from '../../support/pods.ts';
import { call } from '../../support/sockets.ts';
import { answers, ports, serviceOf, type World, world } from './world.ts';

const protocols = ['tcp', 'udp'] as const;
const both = [ports.echoTcp, ports.echo];

describe('a Service of type LoadBalancer', () => {
  let at: World;
  before(async () => {
    at = await world();
  });

  /** The addresses that it was given, IPv4 first. */
  const given = (name: string): Promise<string[]> =>
    eventually(async () => {
      const { status } = await at.kubectl.json<Service>('get', 'service', name);
      const ingress = status?.loadBalancer?.ingress ?? [];
      assert.equal(ingress.length, 2, `${name} has two addresses`);
      assert.deepEqual(
        ingress.map(({ ipMode }) => ipMode),
        ['VIP', 'VIP'],
      );
      return ingress.map(({ ip = '' }) => ip);
    });

  const seen = async (from: string, address: string, times?: number): Promise<string[]> => {
    const all = [];
    for (const protocol of protocols)
      all.push(...(await answers(from, { address, port: 53, protocol }, times)));
    return [...new Set(all)].sort();
  };

  test('is reached by its addresses from everywhere, under the address of the node that packets came to', async () => {
    await apply(at.kubectl, serviceOf('balanced', { type: 'LoadBalancer', ports: both }));
    for (const [n, address] of (await given('balanced')).entries()) {
      const from = (node: string) => ['one', 'two'].map((name) => `${name} ${at.ips(node)[n]}`);
      // From outside that is the node that holds it. Inside nothing needs to hold it.
      await eventually(async () => {
        const sources = await seen(at.lan, address);
        const holder = at.nodes.find((node) => at.ips(node)[n] === sources[0]?.split(' ')[1]);
        assert.ok(holder, `${sources.join()} is a node's`);
        assert.deepEqual(sources, from(holder));
        for (const place of [at.client.netns, at.one.netns, at.node, at.onHost.netns])
          assert.deepEqual(await seen(place, address), from(at.nodes[0]));
        assert.deepEqual(await seen(at.two.netns, address), from(at.nodes[1]));
      });
    }
    await at.kubectl('delete', 'service', 'balanced');
  });

  test('is reached by its ports on the host’s own loopback', async () => {
    const far = both.map((port) => ({ ...port, port: 18_053 }));
    await apply(at.kubectl, serviceOf('near', { type: 'LoadBalancer', ports: far }));
    await given('near');
    for (const protocol of protocols)
      await eventually(async () => {
        const said = await answers(undefined, { address: at.hostAddress, port: 18_053, protocol });
        assert.deepEqual([...new Set(said.map((answer) => answer.split(' ')[0]))], ['one', 'two']);
      });
    await at.kubectl('delete', 'service', 'near');
  });

  test('needs no node ports', async () => {
    const spec = { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: both };
    await apply(at.kubectl, serviceOf('portless', spec));
    for (const address of await given('portless'))
      await eventually(async () =>
        assert.deepEqual(
          [...new Set((await seen(at.lan, address)).map((said) => said.split(' ')[0]))],
          ['one', 'two'],
        ),
      );
    const { spec: made } = await at.kubectl.json<Service>('get', 'service', 'portless');
    assert.deepEqual(
      made?.ports?.map(({ nodePort }) => nodePort),
      [undefined, undefined],
    );
    await at.kubectl('delete', 'service', 'portless');
  });

  test('shares its address with another that has other ports, and leaves it to that one', async () => {
    const sharing = (name: string, pod: string, ...own: object[]) => ({
      ...serviceOf(name, { type: 'LoadBalancer', selector: { app: pod }, ports: own }),
      metadata: { name, annotations: { 'switchboard.dev/allow-shared-ip': 'edge' } },
    });
    const tcp = [5001, 5002].map((port) => ({ ...ports.echoTcp, name: `at-${port}`, port }));
    await apply(
      at.kubectl,
      sharing('edge-one', 'one', ...tcp),
      sharing('edge-two', 'two', { ...ports.echo, port: 5001 }),
    );
    const addresses = await given('edge-one');
    assert.deepEqual(await given('edge-two'), addresses);
    const said = async (from: string) => {
      const all = [];
      for (const address of addresses)
        for (const [port, protocol] of [
          [5001, 'tcp'],
          [5002, 'tcp'],
          [5001, 'udp'],
          [5002, 'udp'],
        ] as const)
          all.push((await call(from, { address, port, protocol })).split(' ')[0]);
      return all;
    };
    const everyone = async (...family: string[]) => {
      for (const from of [at.lan, at.client.netns, at.node])
        await eventually(async () => assert.deepEqual(await said(from), [...family, ...family]));
    };
    await everyone('one', 'one', 'two', 'ECONNREFUSED');
    for (const name of ['edge-one', 'edge-two'])
      await eventually(async () => {
        const of = `involvedObject.name=${name},reason=NodeAssigned`;
        const events = await at.kubectl('get', 'events', '--field-selector', of);
        for (const address of addresses) assert.ok(events.includes(`${address} is announced from`), events);
      });
    await at.kubectl('delete', 'service', 'edge-one');
    await everyone('ECONNREFUSED', 'ECONNREFUSED', 'two', 'ECONNREFUSED');
    await at.kubectl('delete', 'service', 'edge-two');
  });

  test('answers on its ports alone, never for the node that holds the address', async () => {
    await apply(
      at.kubectl,
      serviceOf('alone', { type: 'LoadBalancer', ports: [{ ...ports.http, nodePort: 30480 }] }),
    );
    for (const address of await given('alone')) {
      await eventually(async () => assert.match(await call(at.lan, { address, port: 80 }), /^(one|two) /));
      // The kubelet's port, the Service's own node port, that of another, and nobody's.
      for (const port of [10250, 30480, 30080, 81])
        for (const from of [at.lan, at.client.netns, at.node])
          assert.equal(await call(from, { address, port }), 'ECONNREFUSED', `${address} ${port}`);
    }
    await at.kubectl('delete', 'service', 'alone');
  });

  test('keeps the client’s source under externalTrafficPolicy Local, wherever its endpoint is', async () => {
    const label = (pod: string, own: string) => at.kubectl('label', 'pod', pod, '--overwrite', own);
    await label('one', 'kept=lan');
    await apply(
      at.kubectl,
      serviceOf('local', {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Local',
        selector: { kept: 'lan' },
        ports: both,
      }),
    );
    const addresses = await given('local');
    const everyone = async (name: string) => {
      for (const [n, address] of addresses.entries()) {
        assert.deepEqual(await seen(at.lan, address, 4), [`${name} ${at.lanIPs[n]}`]);
        assert.deepEqual(await seen(at.client.netns, address, 4), [
          `${name} ${[at.client.ip, at.client.ip6][n]}`,
        ]);
      }
    };
    await eventually(() => everyone('one'));
    await label('two', 'kept=lan');
    await label('one', 'kept-');
    await eventually(() => everyone('two'));
    await label('two', 'kept-');
    await eventually(async () => {
      for (const address of addresses)
        assert.equal(await call(at.lan, { address, port: 53 }), 'ECONNREFUSED');
    });
    await at.kubectl('delete', 'service', 'local');
  });

  test('lets only loadBalancerSourceRanges in', async () => {
    const change = (...ranges: string[]) =>
      at.kubectl(
        'patch',
        'service',
        'fenced',
        '-p',
        JSON.stringify({ spec: { loadBalancerSourceRanges: ranges } }),
      );
    await apply(at.kubectl, serviceOf('fenced', { type: 'LoadBalancer', ports: both }));
    const addresses = await given('fenced');
    const [ip = '', ip6 = ''] = at.lanIPs;
    const heard = async () => {
      const all = [];
      for (const address of addresses)
        all.push((await call(at.lan, { address, port: 53 }, { waitMs: 300 })).split(' ')[0] ?? '');
      return all.map((said) => (said === 'one' || said === 'two' ? 'answered' : said));
    };
    await eventually(async () => assert.deepEqual(await heard(), ['answered', 'answered']));
    await change('192.0.2.0/24', '2001:db8::/32');
    await eventually(async () => assert.deepEqual(await heard(), ['no', 'no']));
    await change('192.0.2.0/24', `${ip}/32`, `${ip6}/128`);
    await eventually(async () => assert.deepEqual(await heard(), ['answered', 'answered']));
    // Ranges of one family say nothing about the other.
    await change('192.0.2.0/24');
    await eventually(async () => assert.deepEqual(await heard(), ['no', 'answered']));
    await at.kubectl('delete', 'service', 'fenced');
  });
});

describe('externalIPs', () => {
  let at: World;
  before(async () => {
    at = await world();
  });

  test('are a Service’s to everybody whose packets come to a node', async (t) => {
    // Addresses of the LAN that nobody has, and that a router sends to a node.
    const addresses = at.ips(at.nodes[0]).map((ip) => ip.replace(/[.:]\w+$/, (last) => `${last[0]}200`));
    for (const [n, address] of addresses.entries()) {
      const via = ['via', at.ips(at.nodes[1])[n] ?? ''];
      await at.onLan('ip', 'route', 'add', address, ...via);
      t.after(() => at.onLan('ip', 'route', 'del', address, ...via));
    }
    await apply(at.kubectl, serviceOf('routed', { externalIPs: addresses, ports: both }));
    for (const [n, address] of addresses.entries())
      for (const protocol of protocols) {
        const port = { address, port: 53, protocol };
        const router = at.ips(at.nodes[1])[n];
        const own = at.ips(at.nodes[0])[n];
        await eventually(async () => {
          for (const [from, as] of [
            [at.lan, router],
            [at.client.netns, own],
            [at.node, own],
          ] as const)
            assert.deepEqual(await answers(from, port), [`one ${as}`, `two ${as}`]);
        });
      }
    await at.kubectl('delete', 'service', 'routed');
  });

  test('may be beyond the LAN, and are reached from nodes and pods all the same', async () => {
    const addresses = ['203.0.113.9', '2001:db8::9'];
    await apply(at.kubectl, serviceOf('far', { externalIPs: addresses, ports: both }));
    for (const [n, address] of addresses.entries())
      for (const protocol of protocols)
        for (const from of [at.node, at.client.netns])
          await eventually(async () => {
            const own = at.ips(at.nodes[0])[n];
            const said = await answers(from, { address, port: 53, protocol });
            assert.deepEqual(said, [`one ${own}`, `two ${own}`]);
          });
    await at.kubectl('delete', 'service', 'far');
  });

  test('keep to the node that packets come to under externalTrafficPolicy Local, and the client its address', async (t) => {
    const addresses = at.ips(at.nodes[0]).map((ip) => ip.replace(/[.:]\w+$/, (last) => `${last[0]}201`));
    for (const [n, address] of addresses.entries()) {
      const via = ['via', at.ips(at.nodes[1])[n] ?? ''];
      await at.onLan('ip', 'route', 'add', address, ...via);
      t.after(() => at.onLan('ip', 'route', 'del', address, ...via));
    }
    const label = (pod: string, own: string) => at.kubectl('label', 'pod', pod, '--overwrite', own);
    for (const pod of ['one', 'two']) await label(pod, 'kept=routed');
    const spec = { externalTrafficPolicy: 'Local', externalIPs: addresses, selector: { kept: 'routed' } };
    await apply(at.kubectl, serviceOf('routed', { ...spec, ports: both }));
    const everywhere = async (from: string, says: (n: number) => string[], waitMs?: number) => {
      for (const [n, address] of addresses.entries())
        for (const protocol of protocols) {
          const times = waitMs === undefined ? 32 : 1;
          const said = await answers(from, { address, port: 53, protocol }, times, waitMs);
          assert.deepEqual(said, says(n));
        }
    };
    await eventually(() => everywhere(at.lan, (n) => [`two ${at.lanIPs[n]}`]));
    const own = [at.client.ip, at.client.ip6];
    await eventually(() => everywhere(at.client.netns, (n) => [`one ${own[n]}`, `two ${own[n]}`]));
    await label('two', 'kept-');
    await eventually(() => everywhere(at.lan, () => ['no answer'], 200));
    await label('one', 'kept-');
    await eventually(() => everywhere(at.lan, () => ['ECONNREFUSED']));
    await at.kubectl('delete', 'service', 'routed');
  });
});
