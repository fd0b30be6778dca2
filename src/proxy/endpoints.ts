/** Which endpoints of a Service take traffic. */
import type { Endpoint, EndpointSlice, ServicePort } from '../api/types.ts';
import { canonical, isAddress } from '../lib/ip.ts';

/** The node whose rules these are. */
export interface Place {
  nodeName: string;
  /** Its label `topology.kubernetes.io/zone`. */
  zone?: string;
  /** Addresses of load balancers are nobody's but theirs: this cluster takes them from pools of its own. */
  hasPools?: boolean;
}

export interface Target {
  address: string;
  port: number;
  /** On this node, or nobody says where: of Endpoints that people write, for example. */
  isLocal: boolean;
}

export interface Choice extends Place {
  /** As a traffic policy `Local` wants it: only endpoints of this node. */
  onlyLocal: boolean;
}

interface Candidate {
  target: Target;
  endpoint: Endpoint;
}

/**
 * The endpoints for one port of a Service, in order of their addresses: those that are ready, or, when there
 * are none, those that are stopping and still serve (KEP-1669). Of these the ones on this node, under `Local`;
 * else the ones that hints mean for this node or its zone.
 */
export function targetsOf(
  slices: readonly EndpointSlice[],
  family: 4 | 6,
  servicePort: Pick<ServicePort, 'name' | 'protocol'>,
  { nodeName, zone, onlyLocal }: Choice,
): Target[] {
  const [ready, stopping] = [new Map<string, Candidate>(), new Map<string, Candidate>()];
  for (const slice of slices) {
    if (slice.addressType !== `IPv${family}`) continue;
    const port = slice.ports?.find((p) => isSamePort(p, servicePort))?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      // The addresses of one endpoint are interchangeable: the first is used.
      const [address = ''] = endpoint.addresses;
      const { conditions, nodeName: where } = endpoint;
      if ((onlyLocal && where !== nodeName) || !isAddress(address)) continue;
      const isLocal = where === undefined || where === nodeName;
      const candidate = { endpoint, target: { address: canonical(address), port, isLocal } };
      const key = `${candidate.target.address} ${port}`;
      // Absent means true.
      if (conditions?.ready !== false) ready.set(key, candidate);
      else if (conditions.serving !== false && conditions.terminating) stopping.set(key, candidate);
    }
  }
  const chosen = ready.size > 0 ? ready : stopping;
  const inOrder = [...chosen.keys()].sort().flatMap((key) => chosen.get(key) ?? []);
  const near = onlyLocal ? inOrder : hintedFor({ nodeName, ...(zone !== undefined && { zone }) }, inOrder);
  return near.map(({ target }) => target);
}

/**
 * Hints count only when every endpoint has one and one of them means this place; else all take traffic, so that
 * half-written hints overload nobody (KEP-2433, KEP-3015).
 */
function hintedFor({ nodeName, zone }: Place, candidates: Candidate[]): Candidate[] {
  const having = (kind: 'forNodes' | 'forZones', name: string | undefined): Candidate[] => {
    const hintsOf = ({ endpoint }: Candidate) => endpoint.hints?.[kind] ?? [];
    if (name === undefined || !candidates.every((candidate) => hintsOf(candidate).length > 0)) return [];
    return candidates.filter((candidate) => hintsOf(candidate).some((hint) => hint.name === name));
  };
  const [onNode, inZone] = [having('forNodes', nodeName), having('forZones', zone)];
  if (onNode.length > 0) return onNode;
  return inZone.length > 0 ? inZone : candidates;
}

function isSamePort(
  port: { name?: string; protocol?: string },
  wanted: Pick<ServicePort, 'name' | 'protocol'>,
): boolean {
  return (port.name ?? '') === (wanted.name ?? '') && (port.protocol ?? 'TCP') === (wanted.protocol ?? 'TCP');
}
