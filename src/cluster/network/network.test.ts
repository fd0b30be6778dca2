import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asOptions, defaultNetwork, isAsAsked, type NetworkOptions, networkOf } from './network.ts';
import { checkRoom } from './ranges.ts';

describe('what up is asked for becomes the network of the cluster', () => {
  test('of both families as usual when nothing is asked for', () => {
    assert.deepEqual(networkOf({}), defaultNetwork);
    assert.deepEqual(networkOf({ ipFamily: 'dual' }), defaultNetwork);
  });

  test('of one family with its part of what is usual', () => {
    assert.deepEqual(networkOf({ ipFamily: 'ipv6' }), {
      ...defaultNetwork,
      podCIDRs: ['fd44::/56'],
      serviceCIDRs: ['fd96::/112'],
    });
    assert.deepEqual(networkOf({ ipFamily: 'ipv4' }).podCIDRs, ['10.244.0.0/16']);
  });

  test('with the ranges that are given, and the usual one of a family that is left out', () => {
    const network = networkOf({ podCIDR: 'fd45::/60', serviceNodePortRange: '20000-20100' });
    assert.deepEqual(network.podCIDRs, ['10.244.0.0/16', 'fd45::/60']);
    assert.deepEqual(network.serviceCIDRs, defaultNetwork.serviceCIDRs);
    assert.deepEqual(network.nodePorts, { first: 20000, last: 20100 });
  });

  test('with the primary family that comes first in a list of two', () => {
    const pods = networkOf({ podCIDR: 'fd45::/60, 10.200.0.0/16' });
    assert.deepEqual(pods.podCIDRs, ['fd45::/60', '10.200.0.0/16']);
    assert.deepEqual(pods.serviceCIDRs, ['fd96::/112', '10.96.0.0/12']);
    const services = networkOf({ serviceCIDR: 'fd96::/112,10.96.0.0/12', podCIDR: '10.200.0.0/16' });
    assert.deepEqual(services.podCIDRs, ['fd44::/56', '10.200.0.0/16']);
  });

  test('in the canonical writing of its ranges', () => {
    assert.deepEqual(networkOf({ ipFamily: 'ipv6', podCIDR: 'FD45:0:0::0/56' }).podCIDRs, ['fd45::/56']);
  });
});

describe('it is refused with the reason', () => {
  const refused: [string, NetworkOptions, RegExp][] = [
    [
      'what is no range',
      { podCIDR: '10.200.0.0' },
      /^Error: Cannot use 10\.200\.0\.0 for pods: --pod-cidr takes ranges such as 10/,
    ],
    ['nothing at all', { serviceCIDR: '' }, /for Services: --service-cidr takes ranges/],
    ['a list that ends in a comma', { podCIDR: '10.200.0.0/16,' }, /--pod-cidr takes ranges/],
    ['an address within a range', { podCIDR: '10.200.3.0/16' }, /is in is written 10\.200\.0\.0\/16/],
    [
      'a family that the cluster has not',
      { ipFamily: 'ipv6', serviceCIDR: '10.200.0.0/16' },
      /Cannot use 10\.200\.0\.0\/16 for Services: the cluster has no IPv4; see --ip-family/,
    ],
    [
      'two ranges of one family',
      { podCIDR: '10.200.0.0/16,10.201.0.0/16' },
      /Cannot use 10\.201\.0\.0\/16 for pods: --pod-cidr takes one range of each family/,
    ],
    [
      'two orders of the families',
      { podCIDR: '10.200.0.0/16,fd45::/56', serviceCIDR: 'fd97::/112,10.100.0.0/16' },
      /Cannot tell the primary IP family/,
    ],
    ['a range that is too small for a node', { podCIDR: '10.200.0.0/25' }, /from \/8 to \/24/],
    [
      'an IPv6 range that is too small for a node',
      { podCIDR: 'fd45::/65' },
      /for IPv6 its prefix has to be from \/48 to \/64/,
    ],
    ['more parts than nodes are told apart', { podCIDR: 'fd45::/40' }, /from \/48 to \/64/],
    ['a range without the tenth address', { serviceCIDR: '10.200.0.0/29' }, /from \/8 to \/28/],
    ['an IPv6 range without the tenth address', { serviceCIDR: 'fd97::/125' }, /from \/64 to \/124/],
    [
      'Services among the pods',
      { podCIDR: '10.0.0.0/8' },
      /Cannot use 10\.96\.0\.0\/12 for Services: it overlaps with 10\.0\.0\.0\/8, which pods have/,
    ],
    ['pods among the Services', { serviceCIDR: '10.240.0.0/12' }, /it overlaps with 10\.244\.0\.0\/16/],
    [
      'IPv6 ranges that overlap',
      { podCIDR: 'fd96::/64' },
      /Cannot use fd96::\/112 for Services: it overlaps/,
    ],
    ['the LANs', { podCIDR: '172.16.0.0/12' }, /addresses of 172\.30\.0\.0\/16 are of the LANs of clusters/],
    ['the LANs of IPv6', { podCIDR: 'fd30:0:0:4::/64' }, /addresses of fd30::\/48 are of the LANs/],
    ['loopback', { serviceCIDR: '127.1.0.0/16' }, /are loopback/],
    ['the gateway of pods', { podCIDR: '169.254.0.0/16' }, /are link-local/],
    ['multicast', { podCIDR: 'ff00::/56' }, /are multicast/],
    [
      'a range of ports without end',
      { serviceNodePortRange: '30000' },
      /Cannot use 30000 for node ports: --service-node-port-range takes a range such as 30000-32767/,
    ],
    ['a range of ports backwards', { serviceNodePortRange: '32767-30000' }, /takes a range such as/],
    ['port 0', { serviceNodePortRange: '0-100' }, /takes a range such as/],
    ['ports that there are not', { serviceNodePortRange: '30000-65536' }, /takes a range such as/],
    ['the API', { serviceNodePortRange: '6000-7000' }, /6443 is the port of the API on every node/],
    ['the kubelet', { serviceNodePortRange: '10250-10255' }, /10250 is the port of the kubelet/],
  ];
  for (const [what, options, reason] of refused)
    test(what, () => assert.throws(() => networkOf(options), reason));

  test('more nodes than the range of pods has parts', () => {
    checkRoom(['10.200.0.0/23', 'fd45::/56'], 2);
    assert.throws(
      () => checkRoom(['10.200.0.0/23', 'fd45::/56'], 3),
      /Cannot use 10\.200\.0\.0\/23 for pods: each node gets a \/24 of it, so it is enough for 2 of 3 nodes/,
    );
  });
});

describe('a cluster that is there', () => {
  const known = networkOf({ serviceCIDR: 'fd97::/112,10.200.0.0/16', serviceNodePortRange: '20000-20100' });

  test('is what was asked for when nothing else was asked for than it has', () => {
    const same: NetworkOptions[] = [
      {},
      { ipFamily: 'dual' },
      { serviceCIDR: 'fd97::/112,10.200.0.0/16' },
      { serviceCIDR: '10.200.0.0/16' },
      { podCIDR: 'fd44::/56', serviceNodePortRange: '20000-20100' },
    ];
    for (const asked of same) assert.equal(isAsAsked(known, asked), true, JSON.stringify(asked));
  });

  test('is not with another family, order, range or ports', () => {
    const other: NetworkOptions[] = [
      { ipFamily: 'ipv6' },
      { serviceCIDR: '10.200.0.0/16,fd97::/112' },
      { serviceCIDR: '10.96.0.0/12' },
      { podCIDR: '10.245.0.0/16' },
      { serviceNodePortRange: '30000-32767' },
    ];
    for (const asked of other) assert.equal(isAsAsked(known, asked), false, JSON.stringify(asked));
  });

  test('is what the options that are told of it make', () => {
    assert.equal(
      asOptions(known),
      '--ip-family dual --service-cidr fd97::/112,10.200.0.0/16 --pod-cidr fd44::/56,10.244.0.0/16 --service-node-port-range 20000-20100',
    );
    assert.equal(asOptions(networkOf({ ipFamily: 'ipv6' })).split(' ')[1], 'ipv6');
  });
});
