/** Creates, gets and lists. */
import { keptAlive } from './keptAlive.ts';
import { otherNamespace, specOfBench } from './pod.ts';
import { roundTrip, type Target } from './target.ts';

const namespace = '/api/v1/namespaces/default';
export const writers = 32;

type Asked = [method: string, path: string, body?: string];

export interface Rate {
  perSecond: number;
  p99Ms: number;
}

/** From as many clients as there are writers, each with its own connection and one request at a time. */
async function rate(target: Target, count: number, ask: (n: number) => Asked): Promise<Rate> {
  const clients = await Promise.all(Array.from({ length: writers }, () => keptAlive(target)));
  let next = 0;
  const startMs = performance.now();
  const latencies: number[] = [];
  await Promise.all(
    clients.map(async (client) => {
      while (next < count) {
        const askedMs = performance.now();
        await client.ask(...ask(next++));
        latencies.push(performance.now() - askedMs);
      }
    }),
  );
  const perSecond = count / ((performance.now() - startMs) / 1000);
  for (const client of clients) client.close();
  return { perSecond, p99Ms: percentile(latencies, 99) };
}

export const percentile = (values: readonly number[], percent: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * (percent / 100))] ?? Number.NaN;

export const createConfigMaps = (target: Target, count: number, run: number): Promise<Rate> =>
  rate(target, count, (n) => [
    'POST',
    `${namespace}/configmaps`,
    JSON.stringify({ metadata: { name: `m-${run}-${n}` }, data: { key: 'a value of a few words' } }),
  ]);

export const createPods = (target: Target, count: number, run: number): Promise<Rate> =>
  rate(target, count, (n) => [
    'POST',
    `/api/v1/namespaces/${otherNamespace}/pods`,
    JSON.stringify({ metadata: { name: `p-${run}-${n}` }, spec: specOfBench }),
  ]);

export const getPods = (target: Target, count: number, of: number): Promise<Rate> =>
  rate(target, count, (n) => ['GET', `${namespace}/pods/web-7d4b9c6f5d-${String(n % of).padStart(5, '0')}`]);

export type ListForm = 'json' | 'gzip' | 'Table' | 'protobuf' | 'selected';

const listHeaders: Readonly<Record<ListForm, Record<string, string>>> = {
  json: {},
  gzip: { 'accept-encoding': 'gzip' },
  Table: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  protobuf: { accept: 'application/vnd.kubernetes.protobuf' },
  selected: {},
};

/** Milliseconds to the last byte. */
export async function listPods(target: Target, form: ListForm): Promise<number> {
  const session = await target.session();
  const query = form === 'selected' ? '?labelSelector=shard%3D3' : '';
  const startMs = performance.now();
  await roundTrip(session, { ':path': `${namespace}/pods${query}`, ...listHeaders[form] });
  const ms = performance.now() - startMs;
  session.close();
  return ms;
}
