/** One Service that becomes every type out of every other: what it had is given back, and packets follow. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, test } from 'node:test';
import packet from 'dns-packet';
import type { Service } from '../../../src/api/types.ts';
import { eventually } from '../../support/eventually.ts';
import { apply } from '../../support/pods.ts';
import { call, openUdp } from '../../support/sockets.ts';
import { answers, serviceOf, type World, world } from './world.ts';

type Type = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName' | 'headless';

/** From each to each, once. */
const walk: Type[] = [
  ...(['ClusterIP', 'NodePort', 'ClusterIP', 'LoadBalancer', 'ClusterIP', 'ExternalName'] as const),
  ...(['ClusterIP', 'headless', 'NodePort', 'LoadBalancer', 'NodePort', 'ExternalName'] as const),
  ...(['NodePort', 'headless', 'LoadBalancer', 'ExternalName', 'LoadBalancer', 'headless'] as const),
  ...(['ExternalName', 'headless', 'ClusterIP'] as const),
];

const external = { selector: undefined, ports: undefined, ipFamilyPolicy: undefined };
const specs: Record<Type, object> = {
  ClusterIP: { type: 'ClusterIP' },
  NodePort: { type: 'NodePort' },
  LoadBalancer: { type: 'LoadBalancer' },
  ExternalName: { type: 'ExternalName', externalName: 'web.example.com', ...external },
  headless: { type: 'ClusterIP', clusterIP: 'None' },
};

/** A cluster IP is for life, and so is having none; only ExternalName, which has nothing, may go either way. */
const isForLife = (from: Type, to: Type): boolean =>
  from !== 'ExternalName' && to !== 'ExternalName' && (from === 'headless') !== (to === 'headless');

describe('a Service changes its type', () => {
  let at: World;
  let service: Service | undefined;
  let now: Type | undefined;
  before(async () => {
    at = await world();
  });

  const manifest = (type: Type) => serviceOf('changing', specs[type]);

  async function become(type: Type): Promise<Had> {
    await apply(at.kubectl, manifest(type));
    now = type;
    return eventually(async () => {
      service = await at.kubectl.json<Service>('get', 'service', 'changing');
      const had = hadBy(service);
      assert.equal(had.balancers.length, type === 'LoadBalancer' ? 2 : 0, 'load balancer’s addresses');
      return had;
    });
  }

  interface Had {
    clusterIPs: string[];
    nodePort: number | undefined;
    balancers: string[];
  }
  const hadBy = ({ spec, status }: Service): Had => ({
    clusterIPs: (spec?.clusterIPs ?? []).filter((ip) => ip !== 'None'),
    nodePort: spec?.ports?.[0]?.nodePort,
    balancers: (status?.loadBalancer?.ingress ?? []).map(({ ip = '' }) => ip),
  });

  const both = async (from: string, address: string, port: number) => {
    const seen = await answers(from, { address, port });
    assert.deepEqual(
      seen.map((said) => said.split(' ')[0]),
      ['one', 'two'],
      `${address} ${port}`,
    );
  };

  /** Everything that the type has is there and is answered. */
  async function works(type: Type, { clusterIPs, nodePort, balancers }: Had): Promise<void> {
    const isProxied = type !== 'ExternalName' && type !== 'headless';
    assert.equal(clusterIPs.length, isProxied ? 2 : 0, 'cluster IPs');
    assert.equal(nodePort !== undefined, type === 'NodePort' || type === 'LoadBalancer', 'a node port');
    await eventually(async () => {
      for (const address of clusterIPs) await both(at.client.netns, address, 80);
      if (nodePort) for (const address of at.nodes.flatMap(at.ips)) await both(at.lan, address, nodePort);
      for (const address of balancers) await both(at.lan, address, 80);
      assert.deepEqual(await names(), namesOf(type, clusterIPs));
    });
  }

  const namesOf = (type: Type, clusterIPs: string[]): string[] => {
    if (type === 'ExternalName') return ['web.example.com'];
    return type === 'headless' ? [at.one.ip, at.two.ip].sort() : clusterIPs.slice(0, 1);
  };

  /** What DNS says, to a pod. */
  async function names(): Promise<string[]> {
    const name = 'changing.default.svc.cluster.local';
    const socket = await openUdp(at.client.netns, 4);
    try {
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(5_000) });
      const question = packet.encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] });
      socket.send(question, 53, '10.96.0.10');
      const [message] = (await answer) as [Buffer];
      return (packet.decode(message).answers ?? [])
        .map((record) => (record.type === 'A' || record.type === 'CNAME' ? record.data : record.type))
        .sort();
    } finally {
      socket.close();
    }
  }

  /** What it had and has no more is nobody's, and free for others. */
  async function isGivenBack(was: Had, is: Had): Promise<void> {
    for (const address of was.clusterIPs.filter((ip) => !is.clusterIPs.includes(ip))) {
      await eventually(async () =>
        assert.equal(await call(at.client.netns, { address, port: 80 }), 'ECONNREFUSED'),
      );
      await eventually(async () =>
        assert.match((await at.kubectl.attempt('get', 'ipaddress', address)).stderr, /NotFound/),
      );
    }
    if (was.nodePort !== undefined && is.nodePort === undefined) await isFree(was.nodePort);
    for (const address of was.balancers.filter((ip) => !is.balancers.includes(ip)))
      await eventually(async () =>
        assert.doesNotMatch(await call(at.lan, { address, port: 80 }, { waitMs: 300 }), /^(one|two) /),
      );
  }

  async function isFree(nodePort: number): Promise<void> {
    for (const address of at.nodes.flatMap(at.ips))
      await eventually(async () =>
        assert.equal(await call(at.lan, { address, port: nodePort }), 'ECONNREFUSED'),
      );
    const other = { type: 'NodePort', selector: { app: 'none' }, ports: [{ port: 80, nodePort }] };
    await apply(at.kubectl, serviceOf('port-taker', other));
    await at.kubectl('delete', 'service', 'port-taker');
  }

  /** For changes that the API refuses. */
  async function startAnew(from: Type, to: Type): Promise<void> {
    const clusterIP = to === 'headless' ? 'None' : '10.96.200.200';
    const family = { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] };
    const isAddress = to === 'headless' || to === 'ClusterIP';
    const spec = isAddress ? { ...family, clusterIP, clusterIPs: [clusterIP] } : { type: to };
    const refused = await at.kubectl.attempt('patch', 'service', 'changing', '-p', JSON.stringify({ spec }));
    assert.match(
      refused.stderr,
      /spec\.clusterIPs?(\[0\])?: Invalid value: .*(may not change once set|field is immutable|may not be set to 'None' for (NodePort|LoadBalancer) services)/,
      `${from} to ${to}`,
    );
    await at.kubectl('delete', 'service', 'changing');
  }

  test('from nothing', async () => {
    await works('ClusterIP', await become('ClusterIP'));
  });

  for (const [n, to] of walk.entries()) {
    const from = walk[n - 1];
    if (from === undefined) continue;
    test(`from ${from} to ${to}`, async () => {
      if (now !== from) {
        await at.kubectl('delete', 'service', 'changing', '--ignore-not-found');
        await become(from);
      }
      const was = hadBy(service ?? manifest(from));
      if (isForLife(from, to)) await startAnew(from, to);
      const is = await become(to);
      // Between types that have it, an address or a port stays.
      if (!isForLife(from, to) && was.clusterIPs.length === is.clusterIPs.length)
        assert.deepEqual(is.clusterIPs, was.clusterIPs);
      if (from === 'NodePort' && to === 'LoadBalancer') assert.equal(is.nodePort, was.nodePort);
      await works(to, is);
      await isGivenBack(was, is);
    });
  }

  test('to nothing', async () => {
    const was = hadBy(service ?? manifest('ClusterIP'));
    await at.kubectl('delete', 'service', 'changing');
    await isGivenBack(was, { clusterIPs: [], nodePort: undefined, balancers: [] });
    await eventually(async () => assert.deepEqual(await names(), []));
  });
});
