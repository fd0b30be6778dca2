/**
 * Whether this proxy does its work: it does not when a change has been waiting for the kernel too long. The node is
 * another matter: while it is being deleted, load balancers are to let its connections end and send no new ones.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3836-kube-proxy-improved-ingress-connectivity-reliability
 */
import type { Node } from '../../api/types.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';

/** Twice the longest time between two syncs of kube-proxy. */
const lateAfterMs = 60_000;

export interface Health {
  isHealthy: boolean;
  /** When the kernel last had all that was known; undefined before the first time. Milliseconds since 1970. */
  updatedAtMs: number | undefined;
  nowMs: number;
}

export class ProxyHealth {
  readonly #clock: Clock;
  #updatedAtMs: number | undefined;
  #waitingSinceMs: number | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Something waits to be written. */
  queued(): void {
    this.#waitingSinceMs ??= this.#clock.now();
  }

  /** The kernel has all that was queued. */
  updated(): void {
    this.#waitingSinceMs = undefined;
    this.#updatedAtMs = this.#clock.now();
  }

  /** A proxy that has written nothing yet is starting, and healthy. */
  health(): Health {
    const nowMs = this.#clock.now();
    const waitedMs = nowMs - (this.#waitingSinceMs ?? nowMs);
    const isHealthy = this.#updatedAtMs === undefined || waitedMs < lateAfterMs;
    return { isHealthy, updatedAtMs: this.#updatedAtMs, nowMs };
  }
}

const toBeDeleted = 'ToBeDeletedByClusterAutoscaler';

/** Whether load balancers may send new connections to a node; not to one that is gone. */
export function isEligible(node: Node | undefined): boolean {
  if (!node || node.metadata.deletionTimestamp) return false;
  return !node.spec?.taints?.some(({ key }) => key === toBeDeleted);
}

/** What a time is before it is set. */
const never = '0001-01-01T00:00:00Z';

export interface Answer {
  code: 200 | 503;
  body: object;
}

/** `/livez`: the proxy alone. `/healthz`: and its node, when `nodeEligible` says something about it. */
export function healthAnswer(
  { isHealthy, updatedAtMs, nowMs }: Health,
  families: readonly (4 | 6)[],
  nodeEligible?: boolean,
): Answer {
  const isWell = isHealthy && nodeEligible !== false;
  const updated = updatedAtMs === undefined ? never : new Date(updatedAtMs).toISOString();
  const status = families.map((family) => [`IPv${family}`, { lastUpdated: updated, healthy: isHealthy }]);
  return {
    code: isWell ? 200 : 503,
    body: {
      // While all is well it is "now", for those who compare it with the time themselves.
      lastUpdated: isWell ? new Date(nowMs).toISOString() : updated,
      currentTime: new Date(nowMs).toISOString(),
      ...(nodeEligible !== undefined && { nodeEligible }),
      healthy: isHealthy,
      ...(updatedAtMs !== undefined && { status: Object.fromEntries(status) }),
    },
  };
}
