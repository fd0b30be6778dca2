import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Node } from '../../api/types.ts';
import { FakeClock } from '../../lib/clock.ts';
import { ProxyMetrics } from '../metrics.ts';
import { isEligible, ProxyHealth } from './proxyHealth.ts';
import { answerHealth, answerMetrics } from './servers.ts';

function world(families: (4 | 6)[] = [4, 6]) {
  const clock = new FakeClock();
  const [health, metrics] = [new ProxyHealth(clock), new ProxyMetrics(families, clock)];
  const node = { isEligible: true };
  const parts = { health, metrics, families, isNodeEligible: () => node.isEligible };
  const ask = (path: string) => {
    const { code, headers, body } = answerHealth(parts, { path, localAddress: '172.30.0.2' });
    return {
      code,
      type: headers['Content-Type'],
      body: body.startsWith('{') ? (JSON.parse(body) as object) : body,
    };
  };
  return { clock, health, metrics, node, ask };
}

describe('the health of the proxy', () => {
  test('a proxy that starts is healthy, also before it has written anything', () => {
    const { health, clock, ask } = world();
    health.queued();
    clock.advance(600_000);
    assert.equal(ask('/livez').code, 200);
  });

  test('a change that waits for a minute makes it unhealthy, until it is written', () => {
    const { health, clock, ask } = world();
    health.updated();
    clock.advance(10_000);
    health.queued();
    clock.advance(30_000);
    health.queued();
    clock.advance(29_999);
    assert.equal(ask('/livez').code, 200);
    clock.advance(1);
    assert.deepEqual([ask('/livez').code, ask('/healthz').code], [503, 503]);
    health.updated();
    assert.equal(ask('/livez').code, 200);
  });

  test('/healthz tells the time, each family, and whether the node may have new connections', () => {
    const { health, clock, ask } = world();
    health.updated();
    clock.advance(5_000);
    assert.deepEqual(ask('/healthz'), {
      code: 200,
      type: 'application/json',
      body: {
        lastUpdated: '2026-01-01T00:00:05.000Z',
        currentTime: '2026-01-01T00:00:05.000Z',
        nodeEligible: true,
        healthy: true,
        status: {
          IPv4: { lastUpdated: '2026-01-01T00:00:00.000Z', healthy: true },
          IPv6: { lastUpdated: '2026-01-01T00:00:00.000Z', healthy: true },
        },
      },
    });
  });

  test('a node that is to be deleted has a proxy that lives and is not healthy', () => {
    const { health, node, ask } = world([4]);
    health.updated();
    node.isEligible = false;
    const { code, body } = ask('/healthz');
    assert.equal(code, 503);
    assert.match(JSON.stringify(body), /"nodeEligible":false,"healthy":true/);
    assert.equal(ask('/livez').code, 200);
    assert.doesNotMatch(JSON.stringify(ask('/livez').body), /nodeEligible/);
  });

  test('every answer is counted, and there is nothing else to ask', () => {
    const { metrics, node, ask } = world();
    ask('/livez');
    node.isEligible = false;
    ask('/healthz');
    assert.deepEqual(ask('/'), {
      code: 404,
      type: 'text/plain; charset=utf-8',
      body: '404 page not found\n',
    });
    assert.match(metrics.text(), /^kubeproxy_proxy_healthz_total\{code="503"\} 1$/m);
    assert.match(metrics.text(), /^kubeproxy_proxy_livez_total\{code="200"\} 1$/m);
  });
});

test('a node is eligible unless it is gone, goes, or the autoscaler means to delete it', () => {
  const node = (metadata: object, taint?: string): Node => ({
    metadata: { name: 'node-1', ...metadata },
    spec: { ...(taint && { taints: [{ key: taint, effect: 'NoSchedule' as const }] }) },
  });
  assert.equal(isEligible(node({})), true);
  assert.equal(isEligible(node({}, 'node.kubernetes.io/unschedulable')), true);
  assert.equal(isEligible(node({}, 'ToBeDeletedByClusterAutoscaler')), false);
  assert.equal(isEligible(node({ deletionTimestamp: '2026-01-01T00:00:00Z' })), false);
  assert.equal(isEligible(undefined), false);
});

test('the metrics server tells metrics, that it is there, and how Services are done', () => {
  const metrics = new ProxyMetrics([4]);
  const ask = (path: string) => answerMetrics(metrics, { path, localAddress: '127.0.0.1' });
  assert.match(ask('/metrics').body, /^# TYPE kubeproxy_sync_proxy_rules_duration_seconds histogram$/m);
  assert.equal(ask('/metrics').headers['Content-Type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(ask('/healthz').body, 'ok');
  assert.equal(ask('/proxyMode').body, 'nftables');
  assert.equal(ask('/configz').code, 404);
});
