/** One probe, again and again. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe */
import type { Probe } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { failed, type Outcome, type Target } from './contract.ts';
import { execProbe } from './exec.ts';
import { grpcProbe } from './grpc.ts';
import { httpProbe } from './http.ts';
import { tcpProbe } from './tcp.ts';

export interface LoopOptions {
  probe: Probe;
  /** Asks once. */
  ask: () => Promise<Outcome>;
  /** How long the container runs already. */
  ranMs: number;
  /** Until it passes for the first time, ask again soon, not only after a period: readiness. */
  eager: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** Every failure, whether or not it is one too many. */
  onFailure: (output: string) => void;
  /** A threshold was reached; false ends the loop. */
  onVerdict: (outcome: Outcome) => boolean;
}

const firstEagerMs = 25;

/** The first time is right after the initial delay, without waiting for a period. */
export async function probeLoop(options: LoopOptions): Promise<void> {
  const { probe, ask, ranMs, eager, clock, signal, onFailure, onVerdict } = options;
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
  const delayMs = initialDelaySeconds * 1000 - ranMs;
  if (delayMs > 0) await clock.sleep(delayMs, signal);
  const periodMs = periodSeconds * 1000;
  let successes = 0;
  let failures = 0;
  let eagerMs = eager ? firstEagerMs : periodMs;
  while (!signal.aborted) {
    const from = clock.now();
    const outcome = await ask();
    if (signal.aborted) return;
    if (!outcome.ok && eagerMs < periodMs) {
      await clock.sleep(eagerMs, signal);
      eagerMs *= 2;
      continue;
    }
    eagerMs = periodMs;
    successes = outcome.ok ? successes + 1 : 0;
    failures = outcome.ok ? 0 : failures + 1;
    if (!outcome.ok) onFailure(outcome.output);
    const reached = outcome.ok ? successes >= successThreshold : failures >= failureThreshold;
    if (reached && !onVerdict(outcome)) return;
    await clock.sleep(Math.max(0, periodMs - (clock.now() - from)), signal);
  }
}

export function askOnce(probe: Probe, target: Target): Promise<Outcome> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  try {
    if (probe.httpGet) return httpProbe(probe.httpGet, target, timeoutMs);
    if (probe.tcpSocket) return tcpProbe(probe.tcpSocket, target, timeoutMs);
    if (probe.exec) return execProbe(probe.exec, target, timeoutMs);
    if (probe.grpc) return grpcProbe(probe.grpc, target, timeoutMs);
    return Promise.resolve(failed('the probe has no handler'));
  } catch (err) {
    return Promise.resolve(failed(err instanceof Error ? err.message : String(err)));
  }
}
