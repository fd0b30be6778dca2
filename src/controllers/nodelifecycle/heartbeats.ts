/**
 * When each node was last heard of, measured by what this process has itself seen: the clock of a node
 * may be wrong, and a control plane that was away must not blame the nodes for its own silence.
 */
export interface Heartbeats {
  /** `sign` is whatever changes with every heartbeat: the Lease's renewTime. */
  heard(node: string, sign: string, now: number): void;
  /** Milliseconds since the node was heard of; it begins when the node is first asked about. */
  silentMs(node: string, now: number): number;
  forget(node: string): void;
}

export function heartbeats(): Heartbeats {
  const seen = new Map<string, { sign: string; at: number }>();
  return {
    heard(node, sign, now) {
      if (seen.get(node)?.sign !== sign) seen.set(node, { sign, at: now });
    },
    silentMs(node, now) {
      const known = seen.get(node);
      if (!known) seen.set(node, { sign: '', at: now });
      return known ? now - known.at : 0;
    },
    forget: (node) => void seen.delete(node),
  };
}
