/**
 * Removes pods that no kubelet will ever end: those bound to a node that is gone, and those that are to
 * end and were never bound.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection
 */
import { isNotFound } from '../../api/errors.ts';
import { nodes, pods } from '../../api/resource.ts';
import type { Pod } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import type { Context, Controller } from '../loop.ts';
import { isTerminal, isTerminating } from '../pods.ts';

export const podGarbage: Controller = {
  name: 'pod-garbage-collector',
  start(context) {
    const { client, clock, config, again } = context;
    const goneSince = new Map<string, number>();
    const allPods = context.look(pods);
    const known = context.watch(nodes, (now, before) => {
      const name = (now ?? before)?.metadata.name ?? '';
      if (now && goneSince.delete(name)) return [];
      return now ? [] : allPods.by('node', name).map(keyOf);
    });
    context.watch(pods, (now) =>
      now && (isUnboundEnding(now) || isOnNoNode(now, (name) => known.get(name))) ? [keyOf(now)] : [],
    );

    return async (key) => {
      const pod = allPods.get(key);
      if (!pod) return;
      if (isUnboundEnding(pod)) return remove(context, pod);
      const name = pod.spec?.nodeName ?? '';
      if (!isOnNoNode(pod, (node) => known.get(node))) return;
      const since = goneSince.get(name) ?? clock.now();
      goneSince.set(name, since);
      // A node that is made anew under its name meanwhile finds its pods again.
      const left = since + config.nodeGraceMs - clock.now();
      if (left > 0) return again(key, left);
      if (!(await isThere(client, name))) await remove(context, pod);
    };
  },
};

const isUnboundEnding = (pod: Pod): boolean => isTerminating(pod) && !pod.spec?.nodeName;

const isOnNoNode = (pod: Pod, nodeOf: (name: string) => unknown): boolean =>
  pod.spec?.nodeName !== undefined && pod.spec.nodeName !== '' && nodeOf(pod.spec.nodeName) === undefined;

async function isThere(client: Context['client'], name: string): Promise<boolean> {
  try {
    await client.get(nodes, name);
    return true;
  } catch (err) {
    if (isNotFound(err)) return false;
    throw err;
  }
}

async function remove({ client }: Context, pod: Pod): Promise<void> {
  const { name, namespace = '', uid = '' } = pod.metadata;
  const target = { name, namespace };
  try {
    // Whoever counts on the pod's end must not see it as one that still runs.
    if (!isTerminal(pod))
      await client.patch(
        pods,
        target,
        { status: { phase: 'Failed' } },
        { type: 'merge', subresource: 'status' },
      );
    await client.delete(pods, target, { gracePeriodSeconds: 0, preconditions: { uid } });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
