import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aPod, aService } from '../testing/objects.ts';
import { desired } from './desired.ts';

const target = (name: string) => ({ kind: 'Pod', name, namespace: 'default', uid: `uid-${name}` });

describe('the Endpoints of a Service', () => {
  test('show ready pods and those that are not; pods that end are not in it', () => {
    const pods = [
      aPod({ name: 'b', ip: '10.244.0.2', node: 'n1' }),
      aPod({ name: 'a', ip: '10.244.0.1', ready: false }),
      aPod({ name: 'c', ip: '10.244.0.3', terminating: true }),
    ];
    assert.deepEqual(desired(aService(), pods, undefined).subsets, [
      {
        addresses: [{ ip: '10.244.0.2', nodeName: 'n1', targetRef: target('b') }],
        notReadyAddresses: [{ ip: '10.244.0.1', targetRef: target('a') }],
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ]);
  });

  test('without any pod have no subsets', () =>
    assert.equal(desired(aService(), [], undefined).subsets, undefined));

  test('have a subset for each set of ports', () => {
    const named = (containerPort: number) => ({
      spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort }] }] },
    });
    const service = aService({ ports: [{ name: 'http', port: 80, targetPort: 'http' as never }] });
    const pods = [
      aPod({ name: 'a', ip: '10.244.0.1', ...named(80) }),
      aPod({ name: 'b', ip: '10.244.0.2', ...named(81) }),
    ];
    assert.deepEqual(
      desired(service, pods, undefined).subsets?.map((s) => s.ports?.[0]),
      [
        { name: 'http', port: 80, protocol: 'TCP' },
        { name: 'http', port: 81, protocol: 'TCP' },
      ],
    );
  });

  test('show the first family of the Service', () => {
    const pods = [aPod({ ips: ['10.244.0.1', 'fd44::1'] })];
    const { subsets } = desired(aService({ ipFamilies: ['IPv6', 'IPv4'] }), pods, undefined);
    assert.equal(subsets?.[0]?.addresses?.[0]?.ip, 'fd44::1');
  });

  test('are cut off at a thousand, which an annotation says', () => {
    const pods = Array.from({ length: 1001 }, (_, i) =>
      aPod({ name: `p${i}`, ip: `10.244.${i >> 8}.${i & 255}` }),
    );
    const { subsets, metadata } = desired(aService(), pods, undefined);
    assert.equal(subsets?.[0]?.addresses?.length, 1000);
    assert.equal(metadata.annotations?.['endpoints.kubernetes.io/over-capacity'], 'truncated');
  });
});
