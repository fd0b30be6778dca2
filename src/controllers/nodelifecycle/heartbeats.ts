/**
 * When each node was last heard of, measured by when this process saw it: the clock of a node may be
 * wrong, and a control plane that was away must not blame the nodes for its own silence.
 */
import type { Lease, Node } from '../../api/types.ts';
import { readiness } from './desired.ts';

export interface Heartbeats {
  heard(node: string, now: number): void;
  /** Milliseconds since the node was heard of; it begins when the node is first asked about. */
  silentMs(node: string, now: number): number;
  forget(node: string): void;
}

export function heartbeats(): Heartbeats {
  const heardAt = new Map<string, number>();
  return {
    heard: (node, now) => void heardAt.set(node, now),
    silentMs(node, now) {
      const at = heardAt.get(node) ?? now;
      heardAt.set(node, at);
      return now - at;
    },
    forget: (node) => void heardAt.delete(node),
  };
}

/** A renewal, whatever time it says. */
export const isRenewed = (now: Lease, before: Lease | undefined): boolean =>
  now.spec?.renewTime !== before?.spec?.renewTime;

/** What a kubelet says of itself is a heartbeat too; that a node is Unknown is said by us. */
export function isTold(now: Node, before: Node | undefined): boolean {
  const ready = readiness(now);
  if (ready === undefined || ready === 'Unknown') return false;
  return !before || ready !== readiness(before) || heartbeatOf(now) !== heartbeatOf(before);
}

const heartbeatOf = (node: Node): string | undefined =>
  node.status?.conditions?.find((c) => c.type === 'Ready')?.lastHeartbeatTime;
