/** What anybody may ask of the proxy: on port 10256 whether it works, on the node's loopback what it counted. */
import type { ClientMetrics } from '../../client/metrics.ts';
import { textFormat } from '../../lib/metrics/exposition.ts';
import type { ProxyMetrics } from '../metrics.ts';
import { notFound, type Question, type Reply } from './http.ts';
import { healthAnswer, type ProxyHealth } from './proxyHealth.ts';

export interface HealthParts {
  health: ProxyHealth;
  metrics: ProxyMetrics;
  families: readonly (4 | 6)[];
  isNodeEligible: () => boolean;
}

const noSniff = { 'X-Content-Type-Options': 'nosniff' };

/** `/healthz` for load balancers, `/livez` for who restarts the proxy. */
export function answerHealth(
  { health, metrics, families, isNodeEligible }: HealthParts,
  { path }: Question,
): Reply {
  if (path !== '/healthz' && path !== '/livez') return notFound;
  const nodeEligible = path === '/healthz' ? isNodeEligible() : undefined;
  const { code, body } = healthAnswer(health.health(), families, nodeEligible);
  metrics.answered(path === '/healthz' ? 'healthz' : 'livez', code);
  return { code, headers: { 'Content-Type': 'application/json', ...noSniff }, body: JSON.stringify(body) };
}

export const plain = (body: string, type = 'text/plain; charset=utf-8'): Reply => ({
  code: 200,
  headers: { 'Content-Type': type, ...noSniff },
  body,
});

export function answerMetrics(metrics: ProxyMetrics, { path }: Question, client?: ClientMetrics): Reply {
  if (path === '/metrics') return plain(metrics.text(client?.families()), textFormat);
  if (path === '/healthz') return plain('ok');
  return path === '/proxyMode' ? plain('nftables') : notFound;
}
