/**
 * What is to be done for a pod, from what is wanted and what is there. Nothing is done here.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
import type { Container, EphemeralContainer, Pod } from '../../api/types.ts';
import type { ContainerRecord } from '../contract.ts';
import { type Backoff, duration, restartAtMs } from './backoff.ts';

export interface Health {
  /** The startup probe has passed, or there is none. */
  started: boolean;
  ready: boolean;
  /** Why liveness or startup want the container to be killed. */
  failed?: string;
}

export interface Waiting {
  reason: string;
  message?: string;
}

export interface Observed {
  pod: Pod;
  nowMs: number;
  records: readonly ContainerRecord[];
  /** Since when the sandbox stands: what ran before it does not count. */
  sandboxSinceMs: number;
  /** Since when the pod is active on the node. */
  startedAtMs: number;
  /** Containers that are being started or stopped right now. */
  busy: ReadonlySet<string>;
  health: (id: string) => Health;
  backoffs: ReadonlyMap<string, Backoff>;
  /** Containers whose last start failed, and when to try again. */
  retryAtMs: ReadonlyMap<string, number>;
  /** Why the node cannot have this pod at all. */
  rejection?: Failure | undefined;
}

export interface Failure {
  reason?: string;
  message?: string;
}

export interface Plan {
  /** Names of containers, to be started in this order. */
  start: string[];
  /** Names of ephemeral containers, which wait for no other. */
  startApart: string[];
  kill: { id: string; name: string; message: string }[];
  /** Ended containers that nobody asks about any more. */
  remove: ContainerRecord[];
  /** Waiting for their next restart. */
  waiting: Map<string, Waiting>;
  /** Nothing of the pod will run again, and nothing runs. */
  finished: boolean;
  failure?: Failure;
  /** When to look again if nothing happens before. */
  wakeAtMs?: number;
}

/** Nothing is to be done. */
export const noPlan = (): Plan => ({
  start: [],
  startApart: [],
  kill: [],
  remove: [],
  waiting: new Map(),
  finished: false,
});

export function planPod(observed: Observed): Plan {
  const plan: Plan = { ...noPlan(), remove: superseded(observed.records) };
  const over = isOver(observed, plan);
  if (over) return windUp(observed, plan, over.message);
  const step = new Step(observed, plan);
  step.ephemeralContainers();
  if (step.initContainers() && step.appContainers()) return windUp(observed, plan, 'Pod has ended');
  return plan;
}

export const latestOf = (records: readonly ContainerRecord[], name: string): ContainerRecord | undefined =>
  records.filter((r) => r.name === name).sort((a, b) => b.attempt - a.attempt)[0];

/** The newest two of each container are kept: one for its state, one for its last state. */
function superseded(records: readonly ContainerRecord[]): ContainerRecord[] {
  const newestFirst = [...records].sort((a, b) => b.attempt - a.attempt);
  const seen = new Map<string, number>();
  return newestFirst.filter((record) => {
    const count = (seen.get(record.name) ?? 0) + 1;
    seen.set(record.name, count);
    return count > 2 && record.state === 'exited';
  });
}

function isOver(observed: Observed, plan: Plan): { message: string } | undefined {
  const { pod, nowMs, startedAtMs, rejection } = observed;
  const { phase } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') return { message: 'Pod has ended' };
  if (rejection) {
    plan.failure = rejection;
    return { message: 'Pod was rejected' };
  }
  const seconds = pod.spec?.activeDeadlineSeconds;
  if (seconds === undefined) return undefined;
  const deadlineMs = startedAtMs + seconds * 1000;
  if (nowMs < deadlineMs) {
    wakeBy(plan, deadlineMs);
    return undefined;
  }
  const message = 'Pod was active on the node longer than the specified deadline';
  plan.failure = { reason: 'DeadlineExceeded', message };
  return { message };
}

/** Ends what still runs; sidecars are the last to go. */
function windUp({ pod, records, busy }: Observed, plan: Plan, message: string): Plan {
  plan.start = [];
  plan.startApart = [];
  plan.waiting.clear();
  const running = records.filter((r) => r.state !== 'exited');
  const sidecars = sidecarNames(pod);
  const others = running.filter((r) => !sidecars.has(r.name));
  const next = others.length > 0 ? others : running;
  plan.kill = next.filter((r) => !busy.has(r.name)).map(({ id, name }) => ({ id, name, message }));
  plan.finished = running.length === 0 && busy.size === 0;
  return plan;
}

function wakeBy(plan: Plan, atMs: number): void {
  plan.wakeAtMs = Math.min(plan.wakeAtMs ?? Number.POSITIVE_INFINITY, atMs);
}

export const initContainersOf = (pod: Pod): Container[] => pod.spec?.initContainers ?? [];
export const appContainersOf = (pod: Pod): Container[] => pod.spec?.containers ?? [];
export const ephemeralContainersOf = (pod: Pod): EphemeralContainer[] => pod.spec?.ephemeralContainers ?? [];
/** https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';
export const sidecarNames = (pod: Pod): ReadonlySet<string> =>
  new Set(
    initContainersOf(pod)
      .filter(isSidecar)
      .map((c) => c.name),
  );
export const isEphemeral = (pod: Pod, name: string): boolean =>
  ephemeralContainersOf(pod).some((container) => container.name === name);

class Step {
  readonly #observed: Observed;
  readonly #plan: Plan;
  constructor(observed: Observed, plan: Plan) {
    this.#observed = observed;
    this.#plan = plan;
  }

  /** Goes through them in order up to the first that is not done; says whether the others may run. */
  initContainers(): boolean {
    const { pod } = this.#observed;
    const initialized = appContainersOf(pod).some((c) => this.#latest(c.name));
    for (const container of initContainersOf(pod)) {
      if (isSidecar(container)) {
        if (!this.#sidecar(container) && !initialized) return false;
      } else if (!initialized && !this.#initContainer(container)) return this.#plan.failure !== undefined;
    }
    return true;
  }

  /** Says whether all of them have ended for good. */
  appContainers(): boolean {
    if (this.#plan.failure) return true;
    const containers = appContainersOf(this.#observed.pod);
    return containers.map((container) => this.#appContainer(container)).every(Boolean);
  }

  /** Each runs once, at once, and says nothing of whether the pod is well or over. */
  ephemeralContainers(): void {
    const { pod, records, busy } = this.#observed;
    for (const { name } of ephemeralContainersOf(pod))
      if (!busy.has(name) && !latestOf(records, name)) this.#start(name, this.#plan.startApart);
  }

  #latest(name: string): ContainerRecord | undefined {
    const record = latestOf(this.#observed.records, name);
    return record && record.createdAtMs >= this.#observed.sandboxSinceMs ? record : undefined;
  }

  #initContainer(container: Container): boolean {
    if (this.#observed.busy.has(container.name)) return false;
    const record = this.#latest(container.name);
    if (!record) this.#start(container.name);
    else if (record.state === 'exited') {
      if (record.exitCode === 0) return true;
      if (this.#observed.pod.spec?.restartPolicy === 'Never') this.#plan.failure = {};
      else this.#restart(record);
    }
    return false;
  }

  #sidecar(container: Container): boolean {
    if (this.#observed.busy.has(container.name)) return false;
    const record = this.#latest(container.name);
    if (!record) this.#start(container.name);
    else if (record.state === 'exited') this.#restart(record);
    else return this.#isWell(record) && this.#observed.health(record.id).started;
    return false;
  }

  #appContainer({ name }: Container): boolean {
    if (this.#observed.busy.has(name)) return false;
    const record = this.#latest(name);
    if (!record) this.#start(name);
    else if (record.state !== 'exited') this.#isWell(record);
    else if (this.#shouldRestart(record)) this.#restart(record);
    else return true;
    return false;
  }

  #shouldRestart({ exitCode }: ContainerRecord): boolean {
    const policy = this.#observed.pod.spec?.restartPolicy ?? 'Always';
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  #isWell({ id, name }: ContainerRecord): boolean {
    const { failed } = this.#observed.health(id);
    if (failed !== undefined) this.#plan.kill.push({ id, name, message: failed });
    return failed === undefined;
  }

  #restart(ended: ContainerRecord): void {
    const { name } = ended;
    const { backoffs, nowMs, pod } = this.#observed;
    const atMs = restartAtMs(backoffs.get(name), ended);
    if (atMs <= nowMs) return this.#start(name);
    wakeBy(this.#plan, atMs);
    const { metadata } = pod;
    const whose = `container=${name} pod=${metadata.name}_${metadata.namespace}(${metadata.uid})`;
    this.#plan.waiting.set(name, {
      reason: 'CrashLoopBackOff',
      message: `back-off ${duration(backoffs.get(name) ?? 0)} restarting failed ${whose}`,
    });
  }

  #start(name: string, among = this.#plan.start): void {
    const retryAtMs = this.#observed.retryAtMs.get(name) ?? 0;
    if (retryAtMs <= this.#observed.nowMs) among.push(name);
    else wakeBy(this.#plan, retryAtMs);
  }
}
