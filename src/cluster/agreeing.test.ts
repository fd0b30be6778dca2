import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodeAddresses } from './addresses.ts';
import { agreeing } from './agreeing.ts';
import { networkOf } from './network/network.ts';
import type { ClusterRecord } from './record.ts';
import type { UpOptions } from './upOptions.ts';

const network = networkOf({ ipFamily: 'ipv6' });
const known: ClusterRecord = {
  name: 'dev',
  index: 0,
  hermetic: true,
  network,
  nodes: [{ name: 'dev-1', addresses: nodeAddresses({ index: 0, network }, 1), controlPlane: true }],
};
const asked = (options: Partial<UpOptions>): UpOptions => ({ name: 'dev', hermetic: true, ...options });

describe('a second up', () => {
  test('finds the cluster when it says the same or nothing', () => {
    const same = { nodes: 1, network: { ipFamily: 'ipv6' as const }, loadBalancerPool: ['fd30::f:0/112'] };
    assert.equal(agreeing(known, asked({})), known);
    assert.equal(agreeing(known, asked(same)), known);
  });

  const others: [string, Partial<UpOptions>, string][] = [
    ['other nodes', { nodes: 2 }, 'cluster dev from 1 to 2 nodes'],
    ['another way out', { hermetic: false }, 'whether cluster dev is hermetic'],
    [
      'other addresses',
      { network: { ipFamily: 'dual' } },
      'the address ranges of cluster dev, which are --ip-family ipv6 --service-cidr fd96::/112 --pod-cidr fd44::/56 --service-node-port-range 30000-32767',
    ],
    [
      'other pools',
      { loadBalancerPool: ['fd30::e:0/112'] },
      'the pools of cluster dev, which are fd30::f:0/112',
    ],
    [
      'another audit policy',
      { auditPolicy: { rules: [], omitStages: [] } as never },
      'the audit policy of cluster dev',
    ],
  ];
  for (const [what, options, said] of others)
    test(`is refused with ${what}, and hears what to do`, () =>
      assert.throws(() => agreeing(known, asked(options)), {
        message: `Cannot change ${said}: take it down first with: switchboard down --name dev`,
      }));
});
