/** Which part of the cluster's ranges a node gives to its pods: the first that no node has, one of each family. */
import type { Node } from '../../api/types.ts';
import { formatCidr, parseCidr, subnet } from '../../lib/ip.ts';

export interface Range {
  cidr: string;
  nodePrefix: number;
}

/** Undefined when a range has no part left. */
export function allocate(ranges: readonly Range[], taken: ReadonlySet<string>): string[] | undefined {
  const result: string[] = [];
  for (const range of ranges) {
    const free = firstFree(range, taken);
    if (free === undefined) return undefined;
    result.push(free);
  }
  return result;
}

function firstFree({ cidr, nodePrefix }: Range, taken: ReadonlySet<string>): string | undefined {
  const range = parseCidr(cidr);
  const count = 2 ** (nodePrefix - range.prefix);
  for (let n = 0; n < count; n++) {
    const part = formatCidr(subnet(range, nodePrefix, n));
    if (!taken.has(part)) return part;
  }
  return undefined;
}

export const cidrsOf = (node: Node): string[] =>
  node.spec?.podCIDRs ?? (node.spec?.podCIDR ? [node.spec.podCIDR] : []);
