/** Which upstream is asked next, and which ones are down because they failed. */
import type { Clock } from '../../../lib/clock.ts';
import { type Connections, connections, type SecureOptions } from './connections.ts';
import type { Options, Policy, Target } from './options.ts';

export interface Upstream extends Target {
  /** One after the other, since the last answer. */
  fails: number;
  /** It failed too often, and is asked for its health until it answers. */
  isDown: boolean;
  connections: Connections;
}

export const upstreamsOf = (
  { to, expireMs, maxAgeMs, maxIdle }: Pick<Options, 'to' | 'expireMs' | 'maxAgeMs' | 'maxIdle'>,
  clock: Clock,
  secure: SecureOptions = {},
): Upstream[] =>
  to.map((target) => ({
    ...target,
    fails: 0,
    isDown: false,
    connections: connections(target, {
      ...{ clock, expireMs, maxAgeMs, maxIdle },
      ...(target.tls && {
        secure: { ...secure, ...(target.serverName !== undefined && { servername: target.serverName }) },
      }),
    }),
  }));

/** All of them in the order to be tried; those that are down last, for when nobody else is left. */
export function inOrder(
  upstreams: readonly Upstream[],
  policy: Policy,
  turn: number,
  random: () => number,
): Upstream[] {
  const first =
    policy === 'sequential'
      ? 0
      : policy === 'random'
        ? Math.floor(random() * upstreams.length)
        : turn % upstreams.length;
  const turned = [...upstreams.slice(first), ...upstreams.slice(0, first)];
  return [...turned.filter((u) => !u.isDown), ...turned.filter((u) => u.isDown)];
}

export function answered(upstream: Upstream): void {
  upstream.fails = 0;
  upstream.isDown = false;
}

/** Whether it is down from now on, and was not before. */
export function failed(upstream: Upstream, maxFails: number): boolean {
  upstream.fails++;
  if (upstream.isDown || maxFails === 0 || upstream.fails < maxFails) return false;
  upstream.isDown = true;
  return true;
}
