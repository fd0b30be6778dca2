import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { service, slice } from '../../test/support/services.ts';
import type { Frontend } from './frontend.ts';
import { frontendsOf } from './rules.ts';
import { staleFlows } from './stale.ts';

function dns(...addresses: string[]): Frontend {
  const of = service({ name: 'dns', clusterIPs: ['10.96.0.10'], port: 53, protocol: 'UDP' });
  const endpoints = addresses.map((address) => ({ address }));
  const [frontend] = frontendsOf(of, [slice('dns', endpoints, { protocol: 'UDP', port: 53 })], {
    nodeName: 'node-1',
  });
  assert.ok(frontend);
  return frontend;
}
const flow = (to: string, by: string) => ({
  originalDestination: { address: to, port: 53 },
  replySource: { address: by, port: 53 },
});

describe('tracked UDP flows', () => {
  test('to an endpoint that left are stale, if they came through this Service', () => {
    const [stale, ...more] = staleFlows(dns('10.244.1.5', '10.244.1.6'), dns('10.244.1.6'));
    assert.deepEqual(more, []);
    assert.deepEqual(stale?.filter, { replySource: { address: '10.244.1.5', port: 53 } });
    assert.ok(stale?.also(flow('10.96.0.10', '10.244.1.5')));
    assert.ok(!stale?.also(flow('10.96.0.11', '10.244.1.5')));
  });

  test('are all looked at when nothing is known of before', () => {
    const [stale] = staleFlows(undefined, dns('10.244.1.6'));
    assert.deepEqual(stale?.filter, { family: 4, originalPort: 53 });
    assert.ok(stale?.also(flow('10.96.0.10', '10.244.1.5')));
    assert.ok(!stale?.also(flow('10.96.0.10', '10.244.1.6')));
  });

  test('of this node’s own are kept where they are under externalTrafficPolicy Local, when nothing is known of before', () => {
    const of = service({
      ...{ name: 'dns', clusterIPs: ['10.96.0.10'], port: 53, nodePort: 30053, protocol: 'UDP' },
      spec: { externalTrafficPolicy: 'Local' },
    });
    const looked = (...endpoints: { address: string; node: string }[]) => {
      const slices = [slice('dns', endpoints, { protocol: 'UDP', port: 53 })];
      const doors = frontendsOf(of, slices, { nodeName: 'node-1' }).filter(({ at }) => at === 'node-port');
      const stale = doors.flatMap((frontend) => staleFlows(undefined, frontend));
      return ['10.244.1.5', '10.244.2.5', '10.244.3.5'].filter((by) =>
        stale.some(({ also }) => also({ ...flow('172.30.0.2', by), originalDestination: toNode })),
      );
    };
    const toNode = { address: '172.30.0.2', port: 30053 };
    const [here, there] = [
      { address: '10.244.1.5', node: 'node-1' },
      { address: '10.244.2.5', node: 'node-2' },
    ];
    assert.deepEqual(looked(here, there), ['10.244.3.5']);
    assert.deepEqual(looked(), ['10.244.1.5', '10.244.2.5', '10.244.3.5']);
  });

  test('are not stale when endpoints come, and TCP never is', () => {
    assert.deepEqual(staleFlows(dns('10.244.1.5'), dns('10.244.1.5', '10.244.1.6')), []);
    assert.deepEqual(
      staleFlows({ ...dns('10.244.1.5'), protocol: 'tcp' }, { ...dns(), protocol: 'tcp' }),
      [],
    );
  });
});
