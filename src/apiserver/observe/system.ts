/** Paths that are about the server itself. */
import type { Parts } from '../call.ts';
import type { Answer, ApiRequest } from '../contract.ts';
import { prefixOf } from '../object/keys.ts';
import { type HealthCheck, healthAnswer } from './health.ts';

/** Undefined when the path is none of these. */
export async function systemAnswer(parts: Parts, request: ApiRequest): Promise<Answer | undefined> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const path = request.path.replace(/(.)\/$/, '$1');
  if (path === '/metrics') return metricsAnswer(parts);
  return healthAnswer({ path, query: request.query }, checksOf(parts));
}

function checksOf({ store, notReady }: Parts): Readonly<Record<string, readonly HealthCheck[]>> {
  const ping: HealthCheck = { name: 'ping', failure: () => undefined };
  // Under the name by which monitors know the store, whichever it is.
  const etcd: HealthCheck = {
    name: 'etcd',
    failure: () => store.get('/health').then(() => undefined),
  };
  const startup: HealthCheck = { name: 'startup', failure: () => notReady?.() };
  const alive = [ping, etcd];
  return { healthz: alive, livez: alive, readyz: [...alive, startup] };
}

async function metricsAnswer(parts: Parts): Promise<Answer | undefined> {
  const { metrics, kinds, store } = parts;
  if (!metrics) return undefined;
  for (const { resource } of kinds.list()) {
    const { remaining } = await store.list(prefixOf(resource), { limit: 0 });
    metrics.stored(resource, remaining);
  }
  return { code: 200, contentType: metrics.contentType, body: await metrics.text() };
}
