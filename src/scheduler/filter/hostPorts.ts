import { collide } from '../../api/core/pod/hostPorts.ts';
import { type Filter, fits } from '../plugin.ts';

const reason = ["node(s) didn't have free ports for the requested pod ports"];

/** Two pods cannot have one port of a node's own address. */
export const hostPorts: Filter = (pod) => {
  if (pod.hostPorts.length === 0) return undefined;
  return (node) => {
    for (const other of node.pods.values())
      if (other.hostPorts.some((taken) => pod.hostPorts.some((wanted) => collide(wanted, taken))))
        return reason;
    return fits;
  };
};
