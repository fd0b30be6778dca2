/** Ports of the node that its pods ask for: each a frontend with that one pod behind it. */
import { type HostPort, hostPortsOf, isAnyAddress } from '../api/core/pod/hostPorts.ts';
import type { Pod } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import { canonical, type Family, familyOf, isAddress } from '../lib/ip.ts';
import type { Frontend } from './frontend.ts';

const ofPod = 'pod ';

/** Whose these frontends are; no Service has such a key. */
export const ownerOf = (pod: Pod): string => `${ofPod}${keyOf(pod)}`;

/** The frontends of an owner that is a pod, one that is gone perhaps; nothing for a Service. */
export const frontendsOfPod = (owner: string, pods?: Pick<Informer<Pod>, 'get'>): Frontend[] | undefined => {
  if (!owner.startsWith(ofPod)) return undefined;
  const pod = pods?.get(owner.slice(ofPod.length));
  return pod ? hostPortFrontends(pod) : [];
};

export function onHostPortChange(pods: Informer<Pod> | undefined, changed: (owner: string) => void): void {
  pods?.onChange((now, before) => {
    const pod = [now, before].find((p) => p && hasHostPorts(p));
    if (pod) changed(ownerOf(pod));
  });
}

const hasHostPorts = ({ spec }: Pod): boolean => !spec?.hostNetwork && hostPortsOf(spec).length > 0;

/** None before the pod has an address, once it has ended, and of pods on the host's network, which need no rules. */
export function hostPortFrontends(pod: Pod): Frontend[] {
  const { phase, podIPs = [], hostIPs = [] } = pod.status ?? {};
  if (!hasHostPorts(pod) || phase === 'Succeeded' || phase === 'Failed') return [];
  const ofNode = new Set(hostIPs.map(({ ip }) => canonical(ip)));
  return hostPortsOf(pod.spec).flatMap((hostPort) =>
    podIPs
      .filter(({ ip }) => isServed(hostPort, familyOf(ip), ofNode))
      .map(({ ip }) => frontendOf(hostPort, canonical(ip))),
  );
}

/** What a pod that has its addresses asked for, and does not get: it is another machine's. */
export function unservedHostIPs(pod: Pod): string[] {
  const { phase, podIPs = [], hostIPs = [] } = pod.status ?? {};
  if (!hasHostPorts(pod) || podIPs.length === 0 || phase === 'Succeeded' || phase === 'Failed') return [];
  const ofNode = new Set(hostIPs.map(({ ip }) => canonical(ip)));
  const isNowhere = (hostPort: HostPort) =>
    !podIPs.some(({ ip }) => isServed(hostPort, familyOf(ip), ofNode));
  return [
    ...new Set(
      hostPortsOf(pod.spec)
        .filter(isNowhere)
        .map(({ ip }) => ip),
    ),
  ];
}

/** An address that is not the node's own stays what it is, as when a process cannot bind to it. */
function isServed({ ip }: HostPort, podFamily: Family, ofNode: ReadonlySet<string>): boolean {
  if (ip === '') return true;
  if (!isAddress(ip) || familyOf(ip) !== podFamily) return false;
  return isAnyAddress(ip) || ip.startsWith('127.') || ofNode.has(canonical(ip));
}

function frontendOf({ ip, protocol, port, containerPort }: HostPort, podIP: string): Frontend {
  return {
    at: isAnyAddress(ip) ? 'host-port' : 'service',
    family: familyOf(podIP),
    protocol: protocol.toLowerCase() as Frontend['protocol'],
    port,
    address: isAnyAddress(ip) ? '' : canonical(ip),
    // The pod is on this node, so the answer comes back through it.
    masquerade: false,
    targets: [{ address: podIP, port: containerPort, isLocal: true }],
  };
}
