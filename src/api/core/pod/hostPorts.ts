/** Ports of the node that a pod asks for. */
import type { PodSpec } from '../../types.ts';

export interface HostPort {
  /** Empty for every address of the node; `0.0.0.0` and `::` for those of one family. */
  ip: string;
  protocol: 'TCP' | 'UDP' | 'SCTP';
  port: number;
  containerPort: number;
}

/** Those of containers that run for as long as the pod does. On the host's network every port is one of the node. */
export function hostPortsOf(spec: PodSpec | undefined): HostPort[] {
  const sidecars = (spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  return [...(spec?.containers ?? []), ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .map(({ hostIP, protocol, hostPort, containerPort }) => ({
      ip: hostIP ?? '',
      protocol: (protocol ?? 'TCP') as HostPort['protocol'],
      port: hostPort || (spec?.hostNetwork ? containerPort : 0),
      containerPort,
    }))
    .filter(({ port }) => port > 0);
}

export const isAnyAddress = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::';

/** Whether two pods cannot both have what they ask for on one node. */
export const collide = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port &&
  a.protocol === b.protocol &&
  (a.ip === b.ip || isAnyAddress(a.ip) || isAnyAddress(b.ip));
