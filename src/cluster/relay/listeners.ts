/** What the relay should listen on, from the Services that there are. Pure. */
import type { Service } from '../../api/types.ts';

export interface Listener {
  protocol: 'TCP' | 'UDP';
  port: number;
}

export const nameOf = ({ protocol, port }: Listener): string => `${protocol}/${port}`;

/** Every node port under its own number. SCTP is not relayed: the host has no sockets for it. */
export function desiredListeners(services: Iterable<Service>): Map<string, Listener> {
  const wanted = new Map<string, Listener>();
  for (const { spec } of services) {
    if (spec?.type !== 'NodePort' && spec?.type !== 'LoadBalancer') continue;
    for (const { nodePort, protocol = 'TCP' } of spec.ports ?? []) {
      if (!nodePort || (protocol !== 'TCP' && protocol !== 'UDP')) continue;
      const listener: Listener = { protocol, port: nodePort };
      wanted.set(nameOf(listener), listener);
    }
  }
  return wanted;
}
