/** What policies need to know of a pod: little, and it seldom changes. */
import type { Pod } from '../api/types.ts';
import { canonical, formatCidr, parseCidr } from '../lib/ip.ts';

export type Protocol = 'tcp' | 'udp' | 'sctp';

export interface PodEntry {
  uid: string;
  namespace: string;
  labels: Record<string, string>;
  addresses: readonly string[];
  ports: readonly { name: string; protocol: Protocol; number: number }[];
  /** The node that it is bound to. */
  node: string | undefined;
}

export const protocolOf = (word = 'TCP'): Protocol => word.toLowerCase() as Protocol;

export const canonicalCidr = (text: string): string => formatCidr(parseCidr(text));

/**
 * Undefined for a pod that no policy is about and that is nobody's peer: one in its node's own network, and one
 * that has ended, whose address may be another's by now.
 */
export function podEntry(
  { metadata, spec, status }: Pod,
  addresses?: readonly string[],
): PodEntry | undefined {
  if (spec?.hostNetwork || status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined;
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return {
    uid: metadata.uid ?? '',
    namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {},
    addresses: addresses ?? addressesOf(status),
    ports: containers
      .flatMap((container) => container.ports ?? [])
      .flatMap(({ name, protocol, containerPort }) =>
        name ? [{ name, protocol: protocolOf(protocol), number: containerPort }] : [],
      ),
    node: spec?.nodeName,
  };
}

export const addressesOf = (status: Pod['status']): string[] =>
  (status?.podIPs ?? []).flatMap(({ ip }) => (ip ? [canonical(ip)] : []));
