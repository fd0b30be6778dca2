/** Watches over nodes: taints those that are not well, and takes their pods out of all endpoints. */
import { isDeepStrictEqual } from 'node:util';
import { isNotFound } from '../../api/errors.ts';
import { leases, nodes, pods } from '../../api/resource.ts';
import type { Lease, Node, Pod } from '../../api/types.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { isReady } from '../pods.ts';
import { notReadyPod, readiness, taintsOf, unknownConditions } from './desired.ts';
import { heartbeats, isRenewed, isTold } from './heartbeats.ts';

const leaseNamespace = 'kube-node-lease';

export const nodeLifecycle: Controller = {
  name: 'node-controller',
  concurrency: 4,
  start(context) {
    const { clock, config } = context;
    const beats = heartbeats();
    const known = context.watch(nodes, (now, before) => {
      if (now && isTold(now, before)) beats.heard(now.metadata.name, clock.now());
      return itself(now, before);
    });
    const podsByNode = context.watch(pods, (now) => {
      const node = known.get(now?.spec?.nodeName ?? '');
      return node && isLost(node) && now && isReady(now) ? [node.metadata.name] : [];
    });
    const renewals = context.watch(leases, (now, before) => {
      if (now?.metadata.namespace === leaseNamespace && isRenewed(now, before))
        beats.heard(now.metadata.name, clock.now());
      return [];
    });

    /** The watch may be behind, or cut: the last word is the server's. Without an answer nothing is said. */
    const isSilent = async (name: string): Promise<boolean> => {
      if (beats.silentMs(name, clock.now()) < config.nodeGraceMs) return false;
      const lease = await leaseOf(context.client, name);
      const isNew = lease && isRenewed(lease, renewals.get(`${leaseNamespace}/${name}`));
      if (isNew) beats.heard(name, clock.now());
      return !isNew;
    };

    return async (name) => {
      let node = known.get(name);
      if (!node) return beats.forget(name);
      if (await isSilent(name)) node = await declareUnknown(context, node);
      else context.again(name, config.nodeGraceMs - beats.silentMs(name, clock.now()) + 10);
      await taint(context, node);
      if (!isLost(node)) return;
      for (const pod of podsByNode.by('node', name)) await markNotReady(context, pod);
    };
  },
};

/** A kubelet that still speaks tells itself how its pods are. */
const isLost = (node: Node): boolean => readiness(node) === 'Unknown';

async function leaseOf(client: Context['client'], name: string): Promise<Lease | undefined> {
  try {
    return await client.get(leases, name, leaseNamespace);
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

async function declareUnknown({ client, clock, events }: Context, node: Node): Promise<Node> {
  const conditions = unknownConditions(node, clock.now());
  if (!conditions) return node;
  const { name } = node.metadata;
  const written = await client.update(nodes, { ...node, status: { ...node.status, conditions } }, 'status');
  events.event(nodes, node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  return written;
}

async function taint({ client, clock }: Context, node: Node): Promise<void> {
  const taints = taintsOf(node, clock.now());
  if (isDeepStrictEqual(taints, node.spec?.taints ?? [])) return;
  const { taints: _, ...spec } = node.spec ?? {};
  await client.update(nodes, { ...node, spec: { ...spec, ...(taints.length > 0 && { taints }) } });
}

async function markNotReady({ client, clock, events }: Context, pod: Pod): Promise<void> {
  const next = notReadyPod(pod, clock.now());
  if (!next) return;
  try {
    await client.update(pods, next, 'status');
    events.event(pods, pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
