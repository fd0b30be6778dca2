/** Gives every node its part of the pods' ranges. A node keeps what it has as long as it is there. */
import { nodes } from '../../api/resource.ts';
import type { Node } from '../../api/types.ts';
import { type Controller, itself } from '../loop.ts';
import { ownWrites } from '../ownWrites.ts';
import { allocate, cidrsOf } from './desired.ts';

export const podCIDR: Controller = {
  // One at a time: two nodes must not be given the same part.
  name: 'node-ipam-controller',
  concurrency: 1,
  start(context) {
    const { client, clock, config, events } = context;
    const known = context.watch(nodes, itself);
    const written = ownWrites(known, clock);
    return async (key) => {
      const all = written.over([...known.list()], () => true);
      const node = all.find((n) => n.metadata.name === key);
      if (!node || cidrsOf(node).length > 0) return;
      const cidrs = allocate(config.podCIDRs, new Set(all.flatMap(cidrsOf)));
      if (!cidrs) {
        const message = `Node ${key} status is now: CIDRNotAvailable`;
        events.event(nodes, node, 'Normal', 'CIDRNotAvailable', message);
        // Told by no change of this node: another one must go first.
        return context.again(key, 30_000);
      }
      const [podCIDR = ''] = cidrs;
      const next: Node = { ...node, spec: { ...node.spec, podCIDR, podCIDRs: cidrs } };
      written.wrote(await client.update(nodes, next));
    };
  },
};
