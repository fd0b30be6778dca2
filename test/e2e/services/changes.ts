/** What changes about a Service while it is used, and what of it is left when its namespace goes. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { IPAddress, Service } from '../../../src/api/types.ts';
import { eventually } from '../../support/eventually.ts';
import { apply } from '../../support/pods.ts';
import { call } from '../../support/sockets.ts';
import { clusterIPsOf, ports, serviceOf, type World, world } from './world.ts';

describe('the ports of a Service', () => {
  let at: World;
  before(async () => {
    at = await world();
  });

  test('get other names, numbers and targets, and others of it stay as they are', async () => {
    const kept = { ...ports.echo, name: 'kept', nodePort: 30553 };
    const web = { ...ports.http, nodePort: 30580 };
    const become = (...now: object[]) =>
      apply(at.kubectl, serviceOf('moving', { type: 'NodePort', selector: { app: 'one' }, ports: now }));
    await become(kept, web);
    const addresses = await clusterIPsOf(at, 'moving');
    const says = async (from: string, address: string, port: number, protocol: 'tcp' | 'udp' = 'tcp') =>
      (await call(from, { address, port, protocol })).split(' ')[0] ?? '';
    const everyone = async (port: number, nodePort: number, said: string) => {
      for (const [n, address] of addresses.entries()) {
        const nodeIP = at.ips(at.nodes[1])[n] ?? '';
        await eventually(async () => {
          assert.equal(await says(at.client.netns, address, port), said);
          assert.equal(await says(at.lan, nodeIP, nodePort), said);
        });
        assert.equal(await says(at.client.netns, address, 53, 'udp'), 'one');
        assert.equal(await says(at.lan, nodeIP, 30553, 'udp'), 'one');
      }
    };
    await everyone(80, 30580, 'one');
    await become(kept, { ...web, name: 'renamed' });
    await everyone(80, 30580, 'one');
    await become(kept, { ...web, name: 'renamed', port: 81 });
    await everyone(81, 30580, 'one');
    await everyone(80, 30581, 'ECONNREFUSED');
    await become(kept, { ...web, name: 'renamed', port: 81, nodePort: 30582, targetPort: 5300 });
    await everyone(81, 30582, 'one');
    await everyone(80, 30580, 'ECONNREFUSED');
    await become(kept, { ...web, name: 'renamed', port: 81, nodePort: 30582, targetPort: 'nobody' });
    await everyone(81, 30582, 'ECONNREFUSED');
    await become(kept);
    await everyone(81, 30582, 'ECONNREFUSED');
    assert.deepEqual(await clusterIPsOf(at, 'moving'), addresses);
    await at.kubectl('delete', 'service', 'moving');
  });
});

describe('a namespace that is deleted', () => {
  let at: World;
  before(async () => {
    at = await world();
  });

  test('gives back all addresses and ports of its Services, in the API and in the kernel', async () => {
    const within = (name: string, spec: object): Service => ({
      ...serviceOf(name, { ...spec, selector: undefined }),
      metadata: { name, namespace: 'leaving' },
    });
    const wanted = [
      within('web', { type: 'NodePort', ports: [{ ...ports.echoTcp, nodePort: 30680 }] }),
      within('balanced', {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30681,
        ports: [{ ...ports.echoTcp, nodePort: 30682 }],
      }),
    ];
    const slices = wanted.map(({ metadata: { name, namespace } }) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'echo-tcp', port: 5300 }],
      endpoints: [{ addresses: [at.one.ip], nodeName: at.one.node }],
    }));
    await at.kubectl('create', 'namespace', 'leaving');
    await apply(at.kubectl, ...wanted, ...slices);
    const list = async () =>
      (await at.kubectl.json<{ items: Service[] }>('get', 'services', '--namespace=leaving')).items;
    const had = await eventually(async () => {
      const services = await list();
      const balancers = services.flatMap(({ status }) => status?.loadBalancer?.ingress ?? []);
      assert.equal(balancers.length, 2);
      return {
        clusterIPs: services.flatMap(({ spec }) => spec?.clusterIPs ?? []),
        balancers: balancers.map(({ ip = '' }) => ip),
      };
    });
    const [balancer = ''] = had.balancers;
    const [node] = at.ips(at.nodes[0]);
    await eventually(async () => {
      assert.match(await call(at.lan, { address: balancer, port: 53 }), /^one /);
      for (const port of [30680, 30682]) assert.match(await call(at.lan, { address: node, port }), /^one /);
    });

    await at.kubectl('delete', 'namespace', 'leaving', '--timeout=60s');
    const { items } = await at.kubectl.json<{ items: IPAddress[] }>('get', 'ipaddresses');
    const names = items.map(({ metadata }) => metadata.name);
    assert.deepEqual(
      had.clusterIPs.filter((ip) => names.includes(ip)),
      [],
    );
    for (const name of at.nodes)
      await eventually(async () => {
        const rules = await at.inNode(name, 'nft', 'list', 'table', 'inet', 'switchboard-proxy');
        const links = await at.inNode(name, 'ip', '-br', 'address', 'show', 'eth0');
        for (const address of [...had.clusterIPs, ...had.balancers])
          assert.ok(!`${rules}\n${links}`.includes(`${address} `), `${name} has ${address}`);
        for (const port of [30680, 30681, 30682])
          assert.equal(await call(at.node, { address: at.ips(name)[0], port }), 'ECONNREFUSED');
      });
    // All of it is free for others.
    const [clusterIP = ''] = had.clusterIPs;
    const again = { selector: { app: 'one' }, ipFamilyPolicy: 'SingleStack', clusterIP };
    await apply(
      at.kubectl,
      serviceOf('next', {
        ...again,
        type: 'LoadBalancer',
        loadBalancerIP: balancer,
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30681,
        ports: [{ ...ports.echoTcp, nodePort: 30682 }],
      }),
    );
    await eventually(async () =>
      assert.equal(
        await call(at.lan, { address: balancer, port: 53 }, { waitMs: 500 }),
        `one ${at.lanIPs[0]}`,
      ),
    );
    await at.kubectl('delete', 'service', 'next');
  });
});
