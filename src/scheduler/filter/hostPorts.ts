import { type Filter, fits } from '../plugin.ts';
import type { HostPort } from '../snapshot.ts';

const reason = ["node(s) didn't have free ports for the requested pod ports"];
const isAny = (ip: string): boolean => ip === '0.0.0.0' || ip === '::';

const collide = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || isAny(a.ip) || isAny(b.ip));

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
