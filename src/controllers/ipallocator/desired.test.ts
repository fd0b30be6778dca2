import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IPAddress } from '../../api/types.ts';
import { aService } from '../testing/objects.ts';
import { addressOf, faultOf, orphaned } from './desired.ts';

const ip = '10.96.0.7';
const web = aService({ clusterIPs: [ip] });
const good = addressOf(web, ip) as IPAddress;
const naming = (resource: string, name: string): IPAddress => ({
  ...good,
  spec: { parentRef: { resource, namespace: 'default', name } },
});

describe('an address that a Service has', () => {
  test('is good when its object names the Service and the allocator', () => {
    assert.equal(faultOf(web, ip, good, web), undefined);
  });

  test('is made again when it has no object', () => {
    assert.deepEqual(faultOf(web, ip, undefined, undefined), {
      reason: 'ClusterIPNotAllocated',
      message: 'Cluster IP [IPv4]: 10.96.0.7 is not allocated; repairing',
      repair: true,
    });
  });

  test('is made again when the object has other labels or names something else', () => {
    const bare: IPAddress = { ...good, metadata: { name: ip } };
    assert.match(faultOf(web, ip, bare, web)?.message ?? '', /wrong labels; repairing/);
    assert.match(
      faultOf(web, ip, naming('gateways', 'x'), undefined)?.message ?? '',
      /wrong reference; repairing/,
    );
    assert.equal(faultOf(web, ip, naming('services', 'gone'), undefined)?.repair, true);
  });

  test('is only told of when two Services have it', () => {
    const other = aService({ clusterIPs: [ip] }, { name: 'other' });
    const fault = faultOf(web, ip, naming('services', 'other'), other);
    assert.deepEqual([fault?.reason, fault?.repair], ['ClusterIPAlreadyAllocated', false]);
  });
});

describe('an IPAddress object', () => {
  test('stays while its Service has the address', () => assert.equal(orphaned(good, web), undefined));

  test('of somebody else stays whatever it says', () => {
    assert.equal(orphaned({ ...naming('things', 'x'), metadata: { name: ip } }, undefined), undefined);
  });

  test('that leaked goes', () => {
    assert.match(
      orphaned(good, undefined)?.message ?? '',
      /for Service default\/web appears to have leaked: cleaning up/,
    );
    assert.equal(orphaned(good, aService({ clusterIPs: ['10.96.0.8'] }))?.reason, 'IPAddressWrongReference');
    assert.match(orphaned(naming('things', 'x'), undefined)?.message ?? '', /appears to have been modified/);
  });
});
