import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Deployment } from '../../api/types.ts';
import { packageRoot } from '../paths.ts';
import { readAddons } from './addons.ts';
import { addonValues } from './addonValues.ts';

interface ServiceShape {
  spec?: { clusterIP?: string; ports?: { nodePort?: number }[] };
}

const anyPorts = { first: 30000, last: 32767 };

const services = (clusterDNS: string, nodePorts: { first: number; last: number }) => {
  const values = addonValues({ clusterDNS, clusterDomain: 'cluster.local', dnsNodes: 1, nodePorts });
  const all = readAddons(`${packageRoot}/addons`, values).filter(({ kind }) => kind === 'Service');
  return (name: string) => (all.find(({ metadata }) => metadata.name === name) as ServiceShape).spec;
};

describe('a cluster begins with', () => {
  test('a DNS server at the address that its pods ask, in whatever family', () => {
    for (const address of ['10.96.0.10', 'fd96::a'])
      assert.equal(services(address, anyPorts)('kube-dns')?.clusterIP, address);
  });

  test('two pods of DNS, on a node of their own where there are two', () => {
    const spread = (dnsNodes: number) => {
      const values = addonValues({
        clusterDNS: '10.96.0.10',
        clusterDomain: 'x',
        dnsNodes,
        nodePorts: anyPorts,
      });
      const all = readAddons(`${packageRoot}/addons`, values) as Deployment[];
      const { replicas, template } =
        all.find(({ kind, metadata }) => metadata.name === 'coredns' && kind === 'Deployment')?.spec ?? {};
      return [replicas, template?.spec?.topologySpreadConstraints?.[0]?.minDomains];
    };
    assert.deepEqual([1, 2].map(spread), [
      [2, 1],
      [2, 2],
    ]);
  });

  test('an Ingress controller on known node ports where its range has them, else on any', () => {
    const ports = (first: number, last: number) =>
      services('fd96::a', { first, last })('ingress-nginx-controller')?.ports?.map(
        ({ nodePort }) => nodePort,
      );
    assert.deepEqual(ports(30000, 32767), [32080, 32443]);
    assert.deepEqual(ports(32400, 32500), [0, 32443]);
    assert.deepEqual(ports(20000, 20099), [0, 0]);
  });
});
