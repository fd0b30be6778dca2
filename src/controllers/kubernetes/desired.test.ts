import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpoints, service, slices } from './desired.ts';

const apiServer = (addresses: string[], serviceIPs: string[]) => ({ addresses, serviceIPs, port: 6443 });

describe('the Service kubernetes', () => {
  for (const [family, address, serviceIP] of [
    ['IPv4', '172.30.0.2', '10.96.0.1'],
    ['IPv6', 'fd30::2', 'fd96::1'],
  ] as const) {
    const of = apiServer([address], [serviceIP]);

    test(`has one address where the primary family is ${family}`, () => {
      const { spec } = service(of);
      assert.deepEqual(
        [spec?.clusterIPs, spec?.ipFamilies, spec?.ipFamilyPolicy],
        [[serviceIP], [family], 'SingleStack'],
      );
    });

    test(`has an endpoint of ${family} in its slice, which has its own name, and in its Endpoints`, () => {
      const [slice, ...others] = slices(of);
      assert.deepEqual(others, []);
      assert.deepEqual([slice?.metadata.name, slice?.addressType], ['kubernetes', family]);
      assert.deepEqual(slice?.endpoints?.[0]?.addresses, [address]);
      assert.deepEqual(endpoints(of).subsets?.[0]?.addresses, [{ ip: address }]);
    });
  }

  test('has a slice of each family, and Endpoints of the first', () => {
    const both = apiServer(['fd30::2', '172.30.0.2'], ['fd96::1', '10.96.0.1']);
    assert.deepEqual(
      slices(both).map(({ metadata, addressType }) => [metadata.name, addressType]),
      [
        ['kubernetes', 'IPv6'],
        ['kubernetes-ipv4', 'IPv4'],
      ],
    );
    assert.deepEqual(endpoints(both).subsets?.[0]?.addresses, [{ ip: 'fd30::2' }]);
  });
});
