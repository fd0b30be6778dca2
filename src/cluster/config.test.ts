import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressesOf, nodeAddresses } from './addresses.ts';
import { type ClusterCertificates, serverNames } from './certificates.ts';
import { agentConfig, controlPlaneConfig, relayConfig } from './config.ts';
import { type NetworkOptions, networkOf } from './network/network.ts';
import type { ClusterRecord, NodeRecord } from './record.ts';

const pair = { certificate: '', privateKey: '' };
const certs = {
  authority: pair,
  nodes: { one: { node: pair, serving: pair }, two: { node: pair, serving: pair } },
} as unknown as ClusterCertificates;

function made(options: NetworkOptions): ClusterRecord {
  const place = { index: 0, network: networkOf(options) };
  const node = (name: string, n: number): NodeRecord => ({
    name,
    addresses: nodeAddresses(place, n),
    controlPlane: n === 1,
  });
  return { ...place, name: 'dev', hermetic: true, nodes: [node('one', 1), node('two', 2)] };
}

const configsOf = (record: ClusterRecord) => {
  const [one, two] = record.nodes as [NodeRecord, NodeRecord];
  return {
    controlPlane: controlPlaneConfig(record, one, certs),
    agent: agentConfig(record, two, certs),
    relay: relayConfig(record, '/run/lan', certs),
  };
};

describe('the processes of a cluster', () => {
  test('of IPv6 alone hear of no IPv4 address but the loopback of the host', () => {
    const { controlPlane, agent, relay } = configsOf(made({ ipFamily: 'ipv6' }));
    assert.deepEqual(controlPlane.addresses, ['fd30::2']);
    assert.deepEqual(
      [agent.server, agent.nodeIPs, agent.clusterDNS],
      ['https://[fd30::2]:6443', ['fd30::3'], 'fd96::a'],
    );
    assert.deepEqual([relay.controlPlane, relay.nodes], [['fd30::2'], ['fd30::2', 'fd30::3']]);
    const told = JSON.stringify([controlPlane, agent, relay]).replaceAll('127.0.0.1', '');
    assert.doesNotMatch(told, /\d+\.\d+\.\d+\.\d+/);
  });

  test('of both families meet over the primary one, and the relay reaches nodes over either', () => {
    const { agent, relay } = configsOf(made({}));
    assert.deepEqual([agent.server, agent.nodeIPs], ['https://172.30.0.2:6443', ['172.30.0.3', 'fd30::3']]);
    assert.deepEqual(relay.controlPlane, ['172.30.0.2']);
    assert.deepEqual(relay.nodes, ['172.30.0.2', 'fd30::2', '172.30.0.3', 'fd30::3']);
  });
});

test('the certificate of the API is for every address by which it is dialled, of the cluster’s families', () => {
  const record = made({ ipFamily: 'ipv6' });
  assert.deepEqual(serverNames(addressesOf(record), record.nodes).ipAddresses, [
    'fd96::1',
    '127.0.0.1',
    '::1',
    '127.0.0.1',
    'fd30::efe',
    'fd30::2',
  ]);
});
