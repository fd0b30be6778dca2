import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { TestInformer } from '../../test/support/informer.ts';
import { namespace, policy, policyPod } from '../../test/support/policies.ts';
import type { Namespace, NetworkPolicy, Pod } from '../api/types.ts';
import { FakeClock } from '../lib/clock.ts';
import { FakeNft } from '../nft/fake.ts';
import { startPolicy } from './sync.ts';

class Kernel extends FakeNft {
  failures = 0;
  override async run(transaction: string): Promise<void> {
    if (this.failures-- > 0) throw new Error('Cannot change nftables: No buffer space available');
    await super.run(transaction);
  }
}

const denyAll = policy('deny-all', '  podSelector: {}');
const web = policyPod({ name: 'web', ips: ['10.244.1.2'] });

function world(...known: NetworkPolicy[]) {
  const policies = new TestInformer<NetworkPolicy>(...known);
  const pods = new TestInformer<Pod>(web);
  const namespaces = new TestInformer<Namespace>(namespace('default'));
  const [nft, clock] = [new Kernel(), new FakeClock()];
  const watches: AbortSignal[] = [];
  const sync = startPolicy({
    policies,
    watch(signal) {
      watches.push(signal);
      return { pods, namespaces };
    },
    nft,
    clock,
    nodeName: 'node-1',
    links: { prefix: 'veth', of: (uid) => `veth-${uid}` },
  });
  const table = () => nft.ruleset.get('inet switchboard-policy');
  const receivers = () => table()?.containers.get('receivers')?.elements ?? new Map<string, string>();
  return { policies, pods, namespaces, nft, clock, watches, sync, table, receivers };
}

const settled = async () => {
  for (let n = 0; n < 6; n++) await tick();
};

describe('policies in the kernel', () => {
  test('without a policy there is no table, nothing is watched, and no pod waits', async () => {
    const { nft, sync, watches, table } = world();
    await sync.synced;
    await sync.beforeStart(web);
    assert.equal(table(), undefined);
    assert.deepEqual(watches, []);
    assert.equal(nft.transactions.length, 1, 'a table from before is removed');
  });

  test('everything that is known at the start is one transaction', async () => {
    const { nft, sync, receivers } = world(denyAll);
    await sync.synced;
    assert.equal(nft.transactions.length, 1);
    assert.match(receivers().get('veth-uid-web') ?? '', /^goto ingress-/);
  });

  test('a table from before stays until it is replaced in one transaction', async () => {
    const { nft, sync, pods } = world(denyAll);
    await sync.synced;
    assert.match(nft.transactions[0] ?? '', /^add table (.*)\ndelete table \1\nadd table \1\n/);
    assert.equal(pods.hasSynced, true);
  });

  test('the table comes with the first policy and goes with the last, and so do the watches', async () => {
    const { policies, sync, watches, table } = world();
    await sync.synced;
    policies.put(denyAll);
    await settled();
    assert.ok(table());
    policies.delete('default/deny-all');
    await settled();
    assert.equal(table(), undefined);
    assert.deepEqual(
      watches.map(({ aborted }) => aborted),
      [true],
    );
    policies.put(denyAll);
    await settled();
    assert.ok(table());
    assert.equal(watches.length, 2);
  });

  test('a pod waits until it is in the kernel, with the address that the API does not know yet', async () => {
    const { pods, sync, receivers, table } = world(
      policy('p', '  podSelector: {}\n  ingress: [{from: [{podSelector: {}}]}]'),
    );
    await sync.synced;
    let isReady = false;
    const pod = policyPod({ name: 'new', ips: ['10.244.1.9'] });
    const waiting = sync.beforeStart(pod).then(() => {
      isReady = true;
    });
    await settled();
    assert.equal(isReady, false, 'the pod is not known');
    pods.put(policyPod({ name: 'new' }));
    await waiting;
    assert.ok(receivers().has('veth-uid-new'));
    const set = [...(table()?.containers ?? [])].find(([name]) => name.startsWith('pods4-'));
    assert.deepEqual([...(set?.[1].elements.keys() ?? [])], ['10.244.1.2', '10.244.1.9']);
  });

  test('a pod does not start when its policies do not come into the kernel in time', async () => {
    const { clock, sync } = world(denyAll);
    await sync.synced;
    const refused = assert.rejects(
      sync.beforeStart(policyPod({ name: 'unknown' })),
      /policies are not in the kernel yet/,
    );
    await settled();
    clock.advance(10_000);
    await refused;
  });

  test('a pod that waits is let go when the last policy goes', async () => {
    const { policies, sync } = world(denyAll);
    await sync.synced;
    const waiting = sync.beforeStart(policyPod({ name: 'unknown' }));
    await settled();
    policies.delete('default/deny-all');
    await waiting;
  });

  test('everything is written anew when the kernel refused a change', async () => {
    const { nft, pods, clock, sync, receivers } = world(denyAll);
    await sync.synced;
    nft.failures = 1;
    pods.put(policyPod({ name: 'new', ips: ['10.244.1.9'] }));
    await settled();
    assert.ok(!receivers().has('veth-uid-new'));
    clock.advance(100);
    await settled();
    assert.ok(receivers().has('veth-uid-new'));
    assert.match(nft.transactions.at(-1) ?? '', /^add table .*\ndelete table/);
  });

  test('the rules stay when it stops', async () => {
    const { policies, sync, table } = world(denyAll);
    await sync.synced;
    sync.stop();
    policies.delete('default/deny-all');
    await settled();
    assert.ok(table());
  });
});
