/** Where packets come in for a Service or a pod, and what stands for that in the kernel. */
import type { Target } from './endpoints.ts';

/** An address and port where a Service is reached, a port of every node, or one of this node that a pod asked for. */
export interface Frontend {
  at: 'service' | 'node-port' | 'host-port';
  family: 4 | 6;
  protocol: 'tcp' | 'udp' | 'sctp';
  port: number;
  /** The Service's address; empty for a port of the node. */
  address: string;
  masquerade: boolean;
  stickySeconds?: number;
  targets: readonly Target[];
  /**
   * Under `externalTrafficPolicy: Local` there are two of a frontend: `inside` is for this node and its pods, to which
   * answers come back from anywhere; `outside` for all others.
   */
  side?: 'outside' | 'inside';
  /** Clients that may use it; all when absent. */
  sourceRanges?: readonly string[];
  /** Without targets a packet is refused, or left without an answer so that the client tries again; when absent it goes on. */
  whenEmpty?: 'refuse' | 'drop';
  /** Nothing at this address answers but Services. */
  ownsAddress?: true;
}

/** `10.96.0.10 . tcp . 80`, `tcp . 30080`: what it stands under in the maps. */
export const keyOf = ({ address, protocol, port }: Frontend): string =>
  address ? `${address} . ${protocol} . ${port}` : `${protocol} . ${port}`;

export const isInside = ({ side }: Frontend): boolean => side === 'inside';

/** No two Services can have the same. */
export const idOf = (frontend: Frontend): string =>
  `${isInside(frontend) ? 'inside-' : ''}${frontend.at}${frontend.family} ${keyOf(frontend)}`;

export interface MapElement {
  /** The map or set that it stands in. */
  container: string;
  key: string;
  /** Absent in a set. */
  value?: string;
}
