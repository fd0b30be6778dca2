/** Watches over nodes: taints those that are not well, and takes their pods out of all endpoints. */
import { isDeepStrictEqual } from 'node:util';
import { isNotFound } from '../../api/errors.ts';
import { leases, nodes, pods } from '../../api/resource.ts';
import type { Lease, Node, Pod } from '../../api/types.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { notReadyPod, readiness, taintsOf, unknownConditions } from './desired.ts';
import { type Heartbeats, heartbeats } from './heartbeats.ts';

const leaseNamespace = 'kube-node-lease';

export const nodeLifecycle: Controller = {
  name: 'node-controller',
  concurrency: 4,
  start(context) {
    const { clock, config } = context;
    const beats = heartbeats();
    const known = context.watch(nodes, itself);
    const podsByNode = context.watch(pods, (now) => {
      const node = now?.spec?.nodeName;
      const isDown = node !== undefined && readiness(known.get(node) ?? ({} as Node)) !== 'True';
      return node !== undefined && isDown && now && notReadyPod(now, 0) ? [node] : [];
    });
    const beatOf = (lease: Lease | undefined) => {
      if (lease?.metadata.namespace !== leaseNamespace) return;
      beats.heard(lease.metadata.name, lease.spec?.renewTime ?? '', clock.now());
    };
    context.watch(leases, (now) => {
      beatOf(now);
      return [];
    });

    return async (name) => {
      let node = known.get(name);
      if (!node) return beats.forget(name);
      const left = config.nodeGraceMs - beats.silentMs(name, clock.now());
      if (left > 0) context.again(name, left + 10);
      else node = await declareUnknown(context, node, beats);
      await taint(context, node);
      const ready = readiness(node);
      if (ready === undefined || ready === 'True') return;
      for (const pod of podsByNode.by('node', name)) await markNotReady(context, pod);
    };
  },
};

async function declareUnknown(context: Context, node: Node, beats: Heartbeats): Promise<Node> {
  const { client, clock, config, events, again } = context;
  const { name } = node.metadata;
  // The watch may be behind, or cut: the last word is the server's. Without an answer nothing is said.
  const lease = await client.get(leases, name, leaseNamespace).catch((err: unknown) => {
    if (isNotFound(err)) return undefined;
    throw err;
  });
  if (lease) beats.heard(name, lease.spec?.renewTime ?? '', clock.now());
  const left = config.nodeGraceMs - beats.silentMs(name, clock.now());
  if (left > 0) again(name, left + 10);
  const conditions = left > 0 ? undefined : unknownConditions(node, clock.now());
  if (!conditions) return node;
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
