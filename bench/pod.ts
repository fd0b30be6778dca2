/** How long one pod takes from create to Ready, as a client that watches sees it. */
import { pods } from '../src/api/resource.ts';
import type { Client } from '../src/client/contract.ts';
import { followingPods, isReady, sleeper, until } from './pods.ts';

/** Milliseconds, one a pod; one pod at a time, on a node that has none of the others. */
export function measurePods(client: Client, count: number): Promise<number[]> {
  return followingPods(client, async (known) => {
    const times: number[] = [];
    for (let n = 0; n < count; n++) {
      const name = `one-${n}`;
      const key = `default/${name}`;
      const startMs = performance.now();
      await client.create(pods, { metadata: { name, namespace: 'default' }, spec: sleeper });
      await until(known, `pod ${name} to be Ready`, () => isReady(known.get(key)));
      times.push(performance.now() - startMs);
      await client.delete(pods, { name, namespace: 'default' }, { gracePeriodSeconds: 0 });
      await until(known, `pod ${name} to go`, () => known.get(key) === undefined);
    }
    return times;
  });
}
