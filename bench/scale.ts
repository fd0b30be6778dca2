/** How long a Deployment takes from `kubectl scale` until all its pods are Ready. */
import { deployments } from '../src/api/resource.ts';
import type { Client } from '../src/client/contract.ts';
import type { Kubectl } from '../test/support/kubectl.ts';
import { followingPods, isReady, sleeper, until } from './pods.ts';

/** Seconds, one a run. */
export function measureScale(
  client: Client,
  kubectl: Kubectl,
  count: number,
  runs: number,
): Promise<number[]> {
  return followingPods(client, async (known) => {
    await client.create(deployments, deployment);
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const startMs = performance.now();
      const scaled = kubectl('scale', `deployment/${name}`, `--replicas=${count}`);
      await until(
        known,
        `${count} pods to be Ready`,
        () => [...known.list()].filter(isReady).length === count,
      );
      times.push((performance.now() - startMs) / 1_000);
      await scaled;
      await kubectl('scale', `deployment/${name}`, '--replicas=0');
      await until(known, 'all pods to go', () => known.list().next().done === true);
    }
    return times;
  });
}

const name = 'many';
const labels = { app: name };
const deployment = {
  metadata: { name, namespace: 'default' },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: sleeper },
  },
};
