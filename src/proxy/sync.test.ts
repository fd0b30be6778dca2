import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { TestInformer } from '../../test/support/informer.ts';
import { service, slice } from '../../test/support/services.ts';
import type { EndpointSlice, Service } from '../api/types.ts';
import { FakeClock } from '../lib/clock.ts';
import { FakeNft } from '../nft/fake.ts';
import { ProxyHealth } from './health/proxyHealth.ts';
import { ProxyMetrics } from './metrics.ts';
import type { StaleFlows } from './stale.ts';
import { startProxy } from './sync.ts';

class Kernel extends FakeNft {
  failures = 0;
  override async run(transaction: string): Promise<void> {
    if (this.failures-- > 0) throw new Error('Cannot change nftables: No buffer space available');
    await super.run(transaction);
  }
}

const headless = 'service.kubernetes.io/headless';
const otherProxy = 'service.kubernetes.io/service-proxy-name';

function world() {
  const services = new TestInformer<Service>(service({ name: 'web', clusterIPs: ['10.96.0.20'] }));
  const slices = new TestInformer<EndpointSlice>(slice('web', [{ address: '10.244.1.5' }]));
  const [nft, clock, forgotten] = [new Kernel(), new FakeClock(), [] as StaleFlows[]];
  const written: string[] = [];
  const metrics = new ProxyMetrics([4], clock);
  const health = new ProxyHealth(clock);
  const proxy = startProxy({
    ...{ metrics, health },
    onWritten: (key, service, of) => written.push(`${key} ${service ? of.length : 'gone'}`),
    services,
    slices,
    nft,
    clock,
    nodeName: 'node-1',
    serviceCIDRs: ['10.96.0.0/12'],
    clusterCIDRs: ['10.244.0.0/16'],
    forget: (flows) => forgotten.push(...flows),
  });
  const endpoints = () =>
    [
      ...(nft.ruleset.get('inet switchboard-proxy')?.containers.get('endpoints4')?.elements.values() ?? []),
    ].sort();
  return { services, slices, nft, clock, forgotten, proxy, endpoints, written, metrics, health };
}

describe('the proxy', () => {
  test('replaces a table of before in one transaction with everything that is known', async () => {
    const { nft, proxy, endpoints } = world();
    await nft.run('add table inet switchboard-proxy');
    await proxy.synced;
    assert.equal(nft.transactions.length, 2);
    assert.deepEqual(endpoints(), ['10.244.1.5 . 8080']);
  });

  test('where there is no table yet writes many Services in parts', async () => {
    const { nft, proxy, services, slices, endpoints } = world();
    for (let n = 0; n < 1_200; n++) {
      const ip = `10.97.${n >> 8}.${n & 255}`;
      services.put(service({ name: `s${n}`, clusterIPs: [ip] }));
      slices.put(slice(`s${n}`, [{ address: `10.244.2.${n & 255}` }]));
    }
    await proxy.synced;
    assert.equal(nft.transactions.length, 4);
    assert.equal(endpoints().length, 1_201);
  });

  test('writes what changes in one tick as one transaction', async () => {
    const { nft, proxy, services, slices, endpoints } = world();
    await proxy.synced;
    const before = nft.transactions.length;
    for (let n = 1; n <= 5; n++) services.put(service({ name: `s${n}`, clusterIPs: [`10.96.1.${n}`] }));
    for (let n = 1; n <= 5; n++) slices.put(slice(`s${n}`, [{ address: `10.244.2.${n}` }]));
    await tick();
    await tick();
    assert.equal(nft.transactions.length, before + 1);
    assert.equal(endpoints().length, 6);
  });

  test('refuses and masquerades for other ranges of Services once it is told of them', async () => {
    const { nft, proxy, endpoints } = world();
    await proxy.synced;
    assert.doesNotMatch(nft.transactions.at(-1) ?? '', /10\.200\.0\.0/);
    proxy.setServiceCIDRs(['10.96.0.0/12', '10.200.0.0/24']);
    await tick();
    await tick();
    assert.match(
      nft.transactions.at(-1) ?? '',
      /^add element inet switchboard-proxy service-ranges4 \{ 10\.200\.0\.0\/24 \}$/,
    );
    assert.deepEqual(endpoints(), ['10.244.1.5 . 8080']);
  });

  test('leaves slices alone whose labels say so, also when they say so later', async () => {
    const { proxy, slices, clock, endpoints, written } = world();
    const of = slice('web', [{ address: '10.244.1.6' }]);
    const labelled = (label: string): EndpointSlice => ({
      ...of,
      metadata: { ...of.metadata, labels: { ...of.metadata.labels, [label]: '' } },
    });
    slices.put(labelled(headless));
    await proxy.synced;
    assert.deepEqual(endpoints(), []);
    slices.put(of);
    await tick();
    await tick();
    assert.deepEqual(endpoints(), ['10.244.1.6 . 8080']);
    slices.put(labelled(otherProxy));
    await tick();
    await tick();
    clock.advance(5);
    await tick();
    assert.deepEqual([endpoints(), written.at(-1)], [[], 'default/web 0']);
  });

  test('takes a Service out when it is deleted, or when its slices are', async () => {
    const { proxy, services, slices, clock, endpoints } = world();
    await proxy.synced;
    services.put(service({ name: 'other', clusterIPs: ['10.96.0.21'] }));
    slices.put(slice('other', [{ address: '10.244.1.6' }]));
    await tick();
    services.delete('default/web');
    slices.delete('default/other');
    await tick();
    await tick();
    // What was drawn just now is still looked up.
    assert.equal(endpoints().length, 2);
    clock.advance(5);
    await tick();
    assert.deepEqual(endpoints(), []);
  });

  test('writes everything anew when the kernel refused a change', async () => {
    const { nft, proxy, slices, clock, endpoints } = world();
    await proxy.synced;
    nft.failures = 1;
    slices.put(slice('web', [{ address: '10.244.1.9' }]));
    await tick();
    await tick();
    assert.deepEqual(endpoints(), ['10.244.1.5 . 8080']);
    clock.advance(100);
    await tick();
    assert.deepEqual(endpoints(), ['10.244.1.9 . 8080']);
    assert.match(nft.transactions.at(-1) ?? '', /^add table .*\ndelete table/);
  });

  test('forgets the UDP flows of an endpoint that left, after the kernel has the change', async () => {
    const { proxy, services, slices, forgotten } = world();
    services.put(service({ name: 'dns', clusterIPs: ['10.96.0.10'], port: 53, protocol: 'UDP' }));
    slices.put(slice('dns', [{ address: '10.244.1.5' }], { port: 53, protocol: 'UDP' }));
    await proxy.synced;
    forgotten.length = 0;
    slices.put(slice('dns', [{ address: '10.244.1.6' }], { port: 53, protocol: 'UDP' }));
    await tick();
    await tick();
    assert.deepEqual(
      forgotten.map(({ filter }) => filter),
      [{ replySource: { address: '10.244.1.5', port: 53 } }],
    );
  });

  test('tells what is in the kernel once it is there, and not before', async () => {
    const { nft, proxy, services, slices, clock, written } = world();
    await proxy.synced;
    assert.deepEqual(written.splice(0), ['default/web 1']);
    nft.failures = 1;
    slices.put(slice('web', [{ address: '10.244.1.9' }], { name: 'web-2' }));
    services.put(service({ name: 'other', clusterIPs: ['10.96.0.21'] }));
    await tick();
    await tick();
    assert.deepEqual(written, []);
    services.delete('default/other');
    clock.advance(100);
    await tick();
    await tick();
    assert.deepEqual(written, ['default/web 2', 'default/other gone']);
  });

  test('is settled when what changed until then is in the kernel, at the second attempt too', async () => {
    const { nft, proxy, slices, clock, endpoints } = world();
    await proxy.synced;
    await proxy.settled();
    nft.failures = 1;
    slices.put(slice('web', [{ address: '10.244.1.9' }]));
    let isSettled = false;
    const settled = proxy.settled().then(() => (isSettled = true));
    await tick();
    await tick();
    assert.equal(isSettled, false);
    clock.advance(100);
    await settled;
    assert.deepEqual(endpoints(), ['10.244.1.9 . 8080']);
  });

  test('is not healthy when a change could not be written for a minute', async () => {
    const { nft, proxy, slices, clock, health, metrics } = world();
    await proxy.synced;
    assert.match(metrics.text(), /^kubeproxy_sync_full_proxy_rules_duration_seconds_count\S* 1$/m);
    nft.failures = 1;
    slices.put(slice('web', [{ address: '10.244.1.9' }]));
    await tick();
    await tick();
    assert.equal(health.health().isHealthy, true);
    clock.advance(60_000);
    assert.equal(health.health().isHealthy, false);
    await tick();
    await tick();
    assert.equal(health.health().isHealthy, true);
    assert.match(metrics.text(), /^kubeproxy_sync_proxy_rules_nftables_sync_failures_total\S* 1$/m);
    assert.match(metrics.text(), /^kubeproxy_sync_proxy_rules_endpoint_changes_total 2$/m);
    assert.match(metrics.text(), /^kubeproxy_sync_proxy_rules_endpoint_changes_pending 0$/m);
  });

  test('leaves the rules in place when it stops', async () => {
    const { proxy, slices, endpoints } = world();
    await proxy.synced;
    proxy.stop();
    slices.put(slice('web', []));
    await tick();
    await tick();
    assert.deepEqual(endpoints(), ['10.244.1.5 . 8080']);
  });
});
