/**
 * Deletes pods from nodes whose NoExecute taints they do not tolerate, or not any longer. The time a pod
 * may stay begins when this process first sees it there: after an outage nobody is evicted at once.
 */
import { isNotFound } from '../../api/errors.ts';
import { nodes, pods } from '../../api/resource.ts';
import type { Node } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import type { Controller } from '../loop.ts';
import { staysMs } from './desired.ts';

export const taintEviction: Controller = {
  name: 'taint-eviction-controller',
  concurrency: 4,
  start(context) {
    const { client, clock, events, again } = context;
    const since = new Map<string, number>();
    const allPods = context.look(pods);
    const known = context.watch(nodes, (now, before) =>
      now && (isTainted(now) || isTainted(before)) ? allPods.by('node', now.metadata.name).map(keyOf) : [],
    );
    context.watch(pods, (now, before) => {
      const pod = now ?? before;
      const node = pod?.spec?.nodeName;
      return pod && node && isTainted(known.get(node)) ? [keyOf(pod)] : [];
    });

    return async (key) => {
      const pod = allPods.get(key);
      const node = known.get(pod?.spec?.nodeName ?? '');
      const stays = pod && isTainted(node) ? staysMs(pod, node?.spec?.taints ?? []) : undefined;
      if (!pod || pod.metadata.deletionTimestamp || stays === undefined) return void since.delete(key);
      const first = since.get(key) ?? clock.now();
      since.set(key, first);
      const left = first + stays - clock.now();
      if (left > 0) return again(key, left);
      events.event(pods, pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
      try {
        const { name, namespace = '', uid = '' } = pod.metadata;
        await client.delete(pods, { name, namespace }, { preconditions: { uid } });
      } catch (err) {
        if (!isNotFound(err)) throw err;
      }
      since.delete(key);
    };
  },
};

const isTainted = (node: Node | undefined): boolean =>
  node?.spec?.taints?.some((taint) => taint.effect === 'NoExecute') ?? false;
