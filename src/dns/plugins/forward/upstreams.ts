/** Which upstream is asked next, and which ones rest because they failed. */
import type { Policy, Target } from './options.ts';

export interface Upstream extends Target {
  /** One after the other, since the last answer. */
  fails: number;
  restsUntilMs: number;
}

const restMs = 2_000;

export const upstreamsOf = (targets: readonly Target[]): Upstream[] =>
  targets.map((target) => ({ ...target, fails: 0, restsUntilMs: 0 }));

/** All of them in the order to be tried; those that rest last, for when nobody else is left. */
export function inOrder(
  upstreams: readonly Upstream[],
  policy: Policy,
  turn: number,
  nowMs: number,
  random: () => number,
): Upstream[] {
  const first =
    policy === 'sequential'
      ? 0
      : policy === 'random'
        ? Math.floor(random() * upstreams.length)
        : turn % upstreams.length;
  const turned = [...upstreams.slice(first), ...upstreams.slice(0, first)];
  const rests = (u: Upstream) => u.restsUntilMs > nowMs;
  return [...turned.filter((u) => !rests(u)), ...turned.filter(rests)];
}

export function answered(upstream: Upstream): void {
  upstream.fails = 0;
  upstream.restsUntilMs = 0;
}

export function failed(upstream: Upstream, maxFails: number, nowMs: number): void {
  upstream.fails++;
  if (maxFails > 0 && upstream.fails >= maxFails) upstream.restsUntilMs = nowMs + restMs;
}
