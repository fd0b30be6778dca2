/** Which endpoints a Service has, and what its clients see when they come and go. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { run } from '../../../src/lib/exec.ts';
import { eventually } from '../../support/eventually.ts';
import { answering, type Peer, peers } from '../../support/peers.ts';
import { apply, podOf, ready } from '../../support/pods.ts';
import { call, udpClient } from '../../support/sockets.ts';
import { answer, answers, clusterIPsOf, ports, serviceOf, type World, world } from './world.ts';

describe('the endpoints of a Service', () => {
  let at: World;
  before(async () => {
    at = await world();
  });

  const label = (pod: string, ...labels: string[]) =>
    at.kubectl('label', 'pod', pod, '--overwrite', ...labels);

  test('none: every port refuses at once, and the first endpoint is answered by', async () => {
    const all = [
      { ...ports.http, nodePort: 30180 },
      { ...ports.echo, nodePort: 30153 },
    ];
    await apply(
      at.kubectl,
      serviceOf('empty', { type: 'NodePort', selector: { turn: 'first' }, ports: all }),
    );
    const places = (await clusterIPsOf(at, 'empty')).flatMap((address, n) =>
      [
        [at.client.netns, { address, port: 80 }],
        [at.client.netns, { address, port: 53, protocol: 'udp' as const }],
        [at.node, { address, port: 80 }],
        [at.node, { address, port: 53, protocol: 'udp' as const }],
        ...at.nodes.flatMap((node) => [
          [at.lan, { address: at.ips(node)[n] ?? '', port: 30180 }],
          [at.lan, { address: at.ips(node)[n] ?? '', port: 30153, protocol: 'udp' as const }],
        ]),
      ].map((place) => place as [string, { address: string; port: number }]),
    );
    const everyone = async (said: RegExp) => {
      for (const [from, to] of places) assert.match(await call(from, to), said, JSON.stringify(to));
    };
    await everyone(/^ECONNREFUSED$/);
    assert.match(await call(undefined, { address: at.hostAddress, port: 30180 }), /^(ECONNRE|$)/);
    await label('two', 'turn=first');
    await eventually(() => everyone(/^two /));
    await label('two', 'turn-');
    await eventually(() => everyone(/^ECONNREFUSED$/));
    await at.kubectl('delete', 'service', 'empty');
  });

  test('a UDP client that keeps its port is cut from one that left', async (t) => {
    await label('one', 'turn=udp');
    await apply(at.kubectl, serviceOf('moving', { selector: { turn: 'udp' }, ports: [ports.echo] }));
    const [address = '', address6 = ''] = await clusterIPsOf(at, 'moving');
    const clients = await Promise.all(
      [address, address6].map((to) => udpClient(at.client.netns, { address: to, port: 53 })),
    );
    for (const client of clients) t.after(() => client.close());
    const all = async (name: string) => {
      for (const client of clients) assert.match(await client.ask(), new RegExp(`^${name} `));
    };
    await eventually(() => all('one'));
    await label('two', 'turn=udp');
    await label('one', 'turn-');
    await eventually(() => all('two'));
    // So is one of a Service that is gone.
    await at.kubectl('delete', 'service', 'moving');
    await eventually(async () => {
      for (const client of clients) assert.equal(await client.ask(200), 'no answer');
    });
    await label('two', 'turn-');
  });

  test('not ready ones get no traffic, unless the Service publishes them', async () => {
    const slow = podOf({
      name: 'slow',
      node: at.nodes[0],
      script: 'sleep infinity',
      container: { readinessProbe: { exec: { command: ['test', '-e', '/ready'] }, periodSeconds: 1 } },
    });
    const port = [{ port: 80, targetPort: 9000 }];
    await apply(
      at.kubectl,
      slow,
      serviceOf('patient', { selector: { app: 'slow' }, ports: port }),
      serviceOf('early', { selector: { app: 'slow' }, ports: port, publishNotReadyAddresses: true }),
    );
    const [pod] = (await peers(at.kubectl, 'slow')) as [Peer];
    await answer([pod], { tcp: [9000] });
    const [[patient = ''], [early = '']] = [
      await clusterIPsOf(at, 'patient'),
      await clusterIPsOf(at, 'early'),
    ];
    const calls = async () => [
      await call(at.client.netns, { address: patient, port: 80 }),
      await call(at.client.netns, { address: early, port: 80 }),
    ];
    const said = `slow ${at.client.ip}`;
    await eventually(async () => assert.deepEqual(await calls(), ['ECONNREFUSED', said]));
    await at.kubectl('exec', 'slow', '--', 'touch', '/ready');
    await eventually(async () => assert.deepEqual(await calls(), [said, said]));
    await at.kubectl('delete', 'service', 'patient', 'early');
    await at.kubectl('delete', 'pod', 'slow');
  });

  test('one that is stopping is used when nothing else is left, and only then', async () => {
    const last = podOf({
      name: 'last',
      node: at.nodes[1],
      labels: { turn: 'last' },
      script: 'sleep infinity',
      container: { ports: [{ name: 'http', containerPort: 8080 }] },
      // The first process of a container has no handler for SIGTERM: it goes on until it is killed.
      spec: { terminationGracePeriodSeconds: 60 },
    });
    await apply(at.kubectl, last, serviceOf('ending', { selector: { turn: 'last' }, type: 'NodePort' }));
    const [pod] = (await peers(at.kubectl, 'last')) as [Peer];
    await answer([pod], { tcp: [8080] });
    await ready(at.kubectl, 'last');
    const [address = ''] = await clusterIPsOf(at, 'ending');
    const seen = () => answers(at.client.netns, { address, port: 80 });
    await label('one', 'turn=last');
    await eventually(async () =>
      assert.deepEqual(await seen(), [`last ${at.client.ip}`, `one ${at.client.ip}`]),
    );
    await at.kubectl('delete', 'pod', 'last', '--wait=false');
    await eventually(async () => assert.deepEqual(await seen(), [`one ${at.client.ip}`]));
    await label('one', 'turn-');
    await eventually(async () => assert.deepEqual(await seen(), [`last ${at.client.ip}`]));
    await at.kubectl('delete', 'pod', 'last', '--force', '--grace-period=0');
    await eventually(async () => assert.deepEqual(await seen(), ['ECONNREFUSED']));
    await at.kubectl('delete', 'service', 'ending');
  });

  test('one that is stopping is the last of its node under externalTrafficPolicy Local, whatever others have', async () => {
    const last = podOf({
      name: 'last-here',
      node: at.nodes[1],
      labels: { turn: 'here' },
      script: 'sleep infinity',
      container: { ports: [{ name: 'http', containerPort: 8080 }] },
      spec: { terminationGracePeriodSeconds: 60 },
    });
    const ending = {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      selector: { turn: 'here' },
      ports: [{ ...ports.http, nodePort: 30280 }],
    };
    await apply(at.kubectl, last, serviceOf('ending-here', ending));
    const [pod] = (await peers(at.kubectl, 'last-here')) as [Peer];
    await answer([pod], { tcp: [8080] });
    await ready(at.kubectl, 'last-here');
    await label('one', 'turn=here');
    const seen = (node: string, waitMs: number) =>
      answers(at.lan, { address: at.ips(node)[0], port: 30280 }, 3, waitMs);
    const [here, there] = [[`last-here ${at.lanIPs[0]}`], [`one ${at.lanIPs[0]}`]];
    await eventually(async () => {
      assert.deepEqual(await seen(at.nodes[0], 300), there);
      assert.deepEqual(await seen(at.nodes[1], 300), here);
    });
    await at.kubectl('delete', 'pod', 'last-here', '--wait=false');
    // Pods draw among the ready ones; once they do, the nodes know.
    const [address = ''] = await clusterIPsOf(at, 'ending-here');
    for (const from of [at.client.netns, at.two.netns])
      await eventually(async () => {
        const names = (await answers(from, { address, port: 80 })).map((said) => said.split(' ')[0]);
        assert.deepEqual(names, ['one']);
      });
    assert.deepEqual(await seen(at.nodes[1], 3_000), here);
    await at.kubectl('delete', 'pod', 'last-here', '--force', '--grace-period=0');
    await eventually(async () => assert.deepEqual(await seen(at.nodes[1], 200), ['no answer']));
    assert.deepEqual(await seen(at.nodes[0], 3_000), there);
    await label('one', 'turn-');
    await at.kubectl('delete', 'service', 'ending-here');
  });

  test('may be on a node’s network', async () => {
    await answer([at.onHost], { tcp: [9100], udp: [9100] });
    await apply(
      at.kubectl,
      serviceOf('on-host', {
        type: 'NodePort',
        selector: { app: 'on-host' },
        ports: [
          { name: 'tcp', port: 80, targetPort: 9100, nodePort: 30190 },
          { name: 'udp', port: 80, targetPort: 9100, nodePort: 30190, protocol: 'UDP' },
        ],
      }),
    );
    const [first, second] = at.nodes;
    const everyone = async (address: string, n: number, protocol: 'tcp' | 'udp') => {
      const [own = '', other = ''] = [at.ips(first)[n], at.ips(second)[n]];
      const [service, nodePort] = [
        { address, port: 80, protocol },
        { port: 30190, protocol },
      ];
      for (const [from, to, as] of [
        [at.client.netns, service, [at.client.ip, at.client.ip6][n]],
        [at.two.netns, service, [at.two.ip, at.two.ip6][n]],
        [at.node, service, own],
        [at.nodeNetns(second), service, other],
        // Nothing has to come back through another node where the endpoint is the node itself.
        [at.lan, { address: own, ...nodePort }, at.lanIPs[n]],
        [at.lan, { address: other, ...nodePort }, other],
      ] as const)
        assert.equal(await call(from, to), `on-host ${as}`);
    };
    for (const [n, address] of (await clusterIPsOf(at, 'on-host')).entries())
      for (const protocol of ['tcp', 'udp'] as const) await eventually(() => everyone(address, n, protocol));
    await at.kubectl('delete', 'service', 'on-host');
  });
});

describe('a Service without a selector', () => {
  let at: World;
  before(async () => {
    at = await world();
  });
  const bare = { selector: undefined, ipFamilyPolicy: 'SingleStack', ports: [{ name: 'web', port: 80 }] };

  test('has the endpoints of its Endpoints object', async () => {
    await apply(at.kubectl, serviceOf('mirrored', bare), {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'mirrored' },
      subsets: [{ addresses: [{ ip: at.one.ip }, { ip: at.two.ip }], ports: [{ name: 'web', port: 5300 }] }],
    });
    const [address = ''] = await clusterIPsOf(at, 'mirrored');
    const both = [`one ${at.client.ip}`, `two ${at.client.ip}`];
    await eventually(async () =>
      assert.deepEqual(await answers(at.client.netns, { address, port: 80 }), both),
    );
    // Nobody says where they are: an endpoint may still be its own client.
    assert.deepEqual(await answers(at.one.netns, { address, port: 80 }), [
      `one ${at.ips(at.nodes[0])[0]}`,
      `two ${at.one.ip}`,
    ]);
    await at.kubectl('delete', 'service/mirrored');
  });

  test('has those of all its EndpointSlices together, over each family', async () => {
    const slice = (name: string, addressType: string, ...addresses: string[]) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, labels: { 'kubernetes.io/service-name': 'sliced' } },
      addressType,
      ports: [{ name: 'web', port: 5300 }],
      endpoints: addresses.map((address) => ({ addresses: [address] })),
    });
    await apply(
      at.kubectl,
      serviceOf('sliced', { ...bare, ipFamilyPolicy: 'RequireDualStack' }),
      slice('sliced-a', 'IPv4', at.one.ip),
      // One that stands in two slices is one.
      slice('sliced-b', 'IPv4', at.one.ip, at.two.ip),
      slice('sliced-c', 'IPv6', at.two.ip6),
      slice('sliced-d', 'FQDN', 'two.example.com'),
    );
    const [address = '', address6 = ''] = await clusterIPsOf(at, 'sliced');
    const { ip, ip6, netns } = at.client;
    await eventually(async () => {
      assert.deepEqual(await answers(netns, { address, port: 80 }), [`one ${ip}`, `two ${ip}`]);
      assert.deepEqual(await answers(netns, { address: address6, port: 80 }), [`two ${ip6}`]);
    });
    const slices = ['a', 'b', 'c', 'd'].map((letter) => `endpointslice/sliced-${letter}`);
    await at.kubectl('delete', 'service/sliced', ...slices);
  });

  const sliceOf = (of: string, n: number, addressType: string, port: number, addresses: string[]) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${of}-${n}`, labels: { 'kubernetes.io/service-name': of } },
    addressType,
    ports: [{ name: 'web', port }],
    endpoints: addresses.map((address) => ({ addresses: [address] })),
  });

  test('may stand for a host outside the cluster, which sees the client’s node', async (t) => {
    const database = await answering([{ ...at.client, name: 'database', netns: at.lan }], {
      tcp: [5432],
      udp: [5432],
    });
    t.after(() => database.close());
    await apply(
      at.kubectl,
      serviceOf('database', {
        ...bare,
        ipFamilyPolicy: 'RequireDualStack',
        ports: [
          { name: 'web', port: 80 },
          { name: 'web-udp', port: 80, protocol: 'UDP' },
        ],
      }),
      ...['IPv4', 'IPv6'].map((family, n) => ({
        ...sliceOf('database', n, family, 5432, [at.lanIPs[n] ?? '']),
        ports: [
          { name: 'web', port: 5432 },
          { name: 'web-udp', port: 5432, protocol: 'UDP' },
        ],
      })),
    );
    const [first, second] = at.nodes;
    for (const [n, address] of (await clusterIPsOf(at, 'database')).entries())
      for (const protocol of ['tcp', 'udp'] as const)
        for (const [from, node] of [
          [at.client.netns, first],
          [at.two.netns, second],
          [at.node, first],
        ] as const)
          await eventually(async () =>
            assert.equal(await call(from, { address, port: 80, protocol }), `database ${at.ips(node)[n]}`),
          );
    await at.kubectl('delete', 'service/database', 'endpointslice/database-0', 'endpointslice/database-1');
  });

  test('may have a thousand endpoints, which all answer', async (t) => {
    // All in one pod, to which its node has a route.
    const range = '10.77.0.0/16';
    const [link = ''] =
      /dev (\S+)/.exec(await at.inNode(at.one.node, 'ip', 'route', 'get', at.one.ip))?.slice(1) ?? [];
    await at.inNode(at.one.node, 'ip', 'route', 'add', range, 'dev', link);
    t.after(() => at.inNode(at.one.node, 'ip', 'route', 'del', range));
    await run('nsenter', [`--net=${at.one.netns}`, 'ip', 'route', 'add', 'local', range, 'dev', 'lo']);
    const slices = Array.from({ length: 10 }, (_, n) =>
      sliceOf(
        'thousand',
        n,
        'IPv4',
        5300,
        Array.from({ length: 100 }, (_, last) => `10.77.${n}.${last + 1}`),
      ),
    );
    await apply(at.kubectl, serviceOf('thousand', bare), ...slices);
    const [address = ''] = await clusterIPsOf(at, 'thousand');
    const inKernel = async () =>
      (await at.inNode(at.one.node, 'nft', 'list', 'map', 'inet', 'switchboard-proxy', 'endpoints4')).split(
        `${address} . `,
      ).length - 1;
    await eventually(async () => assert.equal(await inKernel(), 1_000));
    assert.deepEqual(await answers(at.client.netns, { address, port: 80 }, 200), [`one ${at.client.ip}`]);
    await at.kubectl(
      'delete',
      'service/thousand',
      ...slices.map(({ metadata }) => `endpointslice/${metadata.name}`),
    );
    await eventually(async () => assert.equal(await inKernel(), 0));
  });
});
