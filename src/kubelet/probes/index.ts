/** The probes of all containers on the node, and what they say of each. */
import type { Container, Probe } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Health } from '../pod/plan.ts';
import type { Outcome, Target } from './contract.ts';
import { isHeld, type Served, untilListening } from './listening.ts';
import { askOnce, probeLoop } from './loop.ts';

export interface Probed {
  id: string;
  container: Container;
  target: Target;
  startedAtMs: number;
  /** Asked once, where it matters. */
  serves: () => Served;
  /** What was known before the agent started anew. */
  before?: { started: boolean; ready: boolean };
  onChange: () => void;
  onUnhealthy: (message: string) => void;
}

export interface Probes {
  /** Probes from now on; nothing if it does already. */
  follow(probed: Probed): void;
  health(id: string): Health;
  /** The container is ending: nobody asks any more whether it lives, but still whether it is ready, until it has ended. */
  leave(id: string): void;
  stop(id: string): void;
}

type Kind = 'Startup' | 'Liveness' | 'Readiness';

interface Followed {
  health: Health;
  /** Ends the startup and liveness probes. */
  leave: AbortController;
  /** Ends all of them. */
  stop: AbortController;
}

/** Until when is asked. */
interface Until {
  left: AbortSignal;
  stopped: AbortSignal;
}

const unknown: Health = { started: false, ready: false };

export function probes(
  clock: Clock,
  agent: AbortSignal,
  ask: (probe: Probe, target: Target) => Promise<Outcome> = askOnce,
): Probes {
  const followed = new Map<string, Followed>();

  function follow(probed: Probed): void {
    const { id, container } = probed;
    if (followed.has(id)) return;
    const { startupProbe } = container;
    const health: Health = {
      started: !startupProbe || (probed.before?.started ?? false),
      ready: probed.before?.ready ?? false,
    };
    const [leave, stop] = [new AbortController(), new AbortController()];
    const stopped = AbortSignal.any([stop.signal, agent]);
    const until = { left: AbortSignal.any([leave.signal, stopped]), stopped };
    followed.set(id, { health, leave, stop });
    if (health.started) followRunning(probed, health, until);
    else
      run(probed, 'Startup', startupProbe, until.left, ({ ok }) => {
        if (ok) {
          health.started = true;
          followRunning(probed, health, until);
        } else health.failed = killed(container, 'startup');
        return false;
      });
  }

  function followRunning(probed: Probed, health: Health, { left, stopped }: Until): void {
    const { container } = probed;
    if (!container.readinessProbe && !health.ready) holdBack(probed, health, stopped);
    run(probed, 'Readiness', container.readinessProbe, stopped, ({ ok }) => {
      health.ready = ok;
      return true;
    });
    run(probed, 'Liveness', container.livenessProbe, left, ({ ok }) => {
      if (!ok) health.failed = killed(container, 'liveness');
      return ok;
    });
  }

  function holdBack({ serves, startedAtMs, onChange }: Probed, health: Health, signal: AbortSignal): void {
    const served = serves();
    health.ready = !isHeld(served, startedAtMs, clock.now());
    if (health.ready) return;
    void untilListening(served, startedAtMs, clock, signal).then(() => {
      if (signal.aborted) return;
      health.ready = true;
      onChange();
    });
  }

  function run(
    { target, startedAtMs, before, onChange, onUnhealthy }: Probed,
    kind: Kind,
    probe: Probe | undefined,
    signal: AbortSignal,
    judge: (outcome: Outcome) => boolean,
  ): void {
    if (!probe) return;
    let last: boolean | undefined;
    void probeLoop({
      probe,
      ask: () => ask(probe, target),
      ranMs: clock.now() - startedAtMs,
      eager: kind === 'Readiness' && !before?.ready,
      clock,
      signal,
      onFailure: (output) => onUnhealthy(`${kind} probe failed: ${output}`),
      onVerdict(outcome) {
        const goOn = judge(outcome);
        if (outcome.ok !== last) onChange();
        last = outcome.ok;
        return goOn;
      },
    });
  }

  return {
    follow,
    health: (id) => followed.get(id)?.health ?? unknown,
    leave: (id) => followed.get(id)?.leave.abort(),
    stop(id) {
      followed.get(id)?.stop.abort();
      followed.delete(id);
    },
  };
}

const killed = ({ name }: Container, kind: string): string =>
  `Container ${name} failed ${kind} probe, will be restarted`;
