/**
 * Looks after one pod from the moment it is given to this node until nothing of it is left: observes,
 * asks `plan.ts` what to do, has it done, and tells the API how things stand.
 */
import type { Pod } from '../../api/types.ts';
import { logger } from '../../lib/log.ts';
import type { ContainerRecord } from '../contract.ts';
import { containerNamed } from './container/env.ts';
import { watchHealth } from './container/watchHealth.ts';
import { PodContainers } from './containers.ts';
import { end } from './ending.ts';
import type { Grace } from './grace.ts';
import { type Failure, isEphemeral, noPlan, type Plan, planPod } from './plan.ts';
import { StatusPublisher } from './publisher.ts';
import { PodSandbox } from './sandbox/podSandbox.ts';
import { erase } from './sandbox/sandbox.ts';
import { Starter } from './starter.ts';
import { podStatus } from './status.ts';
import { Stopper } from './stopper.ts';
import type { Surroundings } from './surroundings.ts';

const log = logger('kubelet');
const retryMs = 1_000;

export interface Found {
  records: readonly ContainerRecord[];
  /** The namespaces of the pod are not there any more: the node was off. */
  sandboxLost: boolean;
  /** Why the node cannot have it at all. */
  rejection?: Failure | undefined;
}

export class PodWorker {
  readonly #around: Surroundings;
  readonly #publisher: StatusPublisher;
  readonly #containers: PodContainers;
  readonly #sandbox: PodSandbox;
  readonly #starter: Starter;
  readonly #stopper: Stopper;
  readonly #startedAtMs: number;
  readonly #sandboxSinceMs: number;
  readonly #rejection: Failure | undefined;
  readonly #done = Promise.withResolvers<void>();
  /** Containers that are being started or stopped. */
  readonly #busy = new Set<string>();
  /** What keeps them so. */
  readonly #tasks = new Set<Promise<void>>();
  readonly #endingSoon = new AbortController();
  #pod: Pod;
  #gone = false;
  /** Containers run already that an agent before this one started: nothing is told before it is known how they are. */
  #takingOver: boolean;
  #plan: Plan = noPlan();
  #ending: Grace | undefined;
  #ended = false;
  #wake = new AbortController();

  constructor(pod: Pod, around: Surroundings, found: Found) {
    this.#pod = pod;
    this.#around = around;
    this.#publisher = new StatusPublisher(around.client, around.clock, around.signal, pod);
    this.#startedAtMs = Date.parse(pod.status?.startTime ?? '') || around.clock.now();
    this.#sandboxSinceMs = found.sandboxLost ? around.clock.now() : 0;
    this.#takingOver = found.records.length > 0 && !found.sandboxLost;
    this.#rejection = found.rejection;
    const current = () => this.#pod;
    this.#containers = new PodContainers(around, current, found.records);
    this.#sandbox = new PodSandbox(current, around, () => {
      this.#takingOver = false;
      this.#look();
    });
    this.#stopper = new Stopper(current, this.#containers, this.#sandbox, around);
    this.#starter = new Starter(
      {
        pod: current,
        containers: this.#containers,
        prepare: () => this.#sandbox.prepare(),
        stop: (record) => this.#stopper.stop(record),
        ending: this.#endingSoon.signal,
      },
      around,
    );
    void this.#run();
  }

  /** Resolves when nothing of the pod is left on the node. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** Never to be run here. */
  get isRejected(): boolean {
    return this.#rejection !== undefined;
  }

  get pod(): Pod {
    return this.#pod;
  }

  get containers(): Pick<PodContainers, 'all' | 'latest'> {
    return this.#containers;
  }

  podIPs(): readonly string[] {
    return this.#sandbox.podIPs();
  }

  netns(): string | undefined {
    return this.#sandbox.netns();
  }

  update(pod: Pod): void {
    this.#pod = pod;
    this.#publisher.observe(pod);
    this.#around.volumes.podChanged(pod);
    this.#hasten();
    this.#look();
  }

  /** The object is gone from the API. */
  removed(): void {
    this.#gone = true;
    this.#publisher.stop();
    this.#hasten();
    this.#look();
  }

  containerEnded(record: ContainerRecord): void {
    this.#containers.ended(record);
    this.#look();
  }

  #look(): void {
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    const { clock, signal } = this.#around;
    while (!signal.aborted) {
      const wake = (this.#wake = new AbortController());
      try {
        if (await this.#step()) break;
      } catch (err) {
        log.error({ pod: this.#pod.metadata.name, err }, 'a pod could not be worked on, will try again');
        this.#plan = { ...noPlan(), wakeAtMs: clock.now() + retryMs };
      }
      const wakeAtMs = this.#ending ? undefined : this.#plan.wakeAtMs;
      await until(wake.signal, signal, wakeAtMs, clock);
    }
    this.#done.resolve();
  }

  /** Says whether nothing of the pod is left. */
  async #step(): Promise<boolean> {
    if (this.#gone && this.#ended) {
      const { directories } = this.#around;
      await erase(this.#pod.metadata.uid ?? '', directories.logs(this.#pod), this.#around);
      return true;
    }
    if (this.#gone || this.#pod.metadata.deletionTimestamp) {
      this.#terminate();
      return false;
    }
    await this.#removeUnfinished();
    // A pod that is over gets no new sandbox, only what is left of the old one is taken away.
    if (this.#isOver()) this.#takingOver = false;
    else this.#sandbox.prepare().catch(() => {});
    this.#followProbes();
    await this.#follow(this.#makePlan());
    if (!this.#takingOver) this.#publish();
    return false;
  }

  #isOver(): boolean {
    const { phase } = this.#pod.status ?? {};
    return phase === 'Succeeded' || phase === 'Failed' || this.#rejection !== undefined;
  }

  /** An agent that was killed between making and starting one leaves it waiting for ever. */
  async #removeUnfinished(): Promise<void> {
    for (const record of this.#containers.all())
      if (record.state === 'created' && !this.#busy.has(record.name)) await this.#containers.forget(record);
  }

  #followProbes(): void {
    const ip = this.#sandbox.podIP();
    if (ip === undefined) return;
    for (const record of this.#containers.running()) {
      if (this.#busy.has(record.name) || isEphemeral(this.#pod, record.name)) continue;
      const container = containerNamed(this.#pod, record.name);
      watchHealth(this.#pod, container, record, ip, this.#around, () => this.#probed());
    }
  }

  /** While a pod ends, clients that it still has may want to know whether it serves them. */
  #probed(): void {
    if (this.#ending) this.#publish();
    else this.#look();
  }

  #makePlan(): Plan {
    const plan = planPod({
      pod: this.#pod,
      nowMs: this.#around.clock.now(),
      records: this.#containers.all(),
      sandboxSinceMs: this.#sandboxSinceMs,
      startedAtMs: this.#startedAtMs,
      busy: this.#busy,
      health: (id) => this.#around.probes.health(id),
      backoffs: this.#starter.backoffs,
      retryAtMs: this.#starter.retryAtMs,
      rejection: this.#rejection,
    });
    const { retryAtMs } = this.#sandbox;
    if (!plan.finished && retryAtMs !== undefined)
      plan.wakeAtMs = Math.min(plan.wakeAtMs ?? retryAtMs, retryAtMs);
    return plan;
  }

  async #follow(plan: Plan): Promise<void> {
    this.#tellBackoffs(plan);
    this.#plan = plan;
    for (const { id, message } of plan.kill) this.#kill(id, message);
    if (plan.start.length > 0) this.#start(plan.start);
    for (const name of plan.startApart) this.#start([name]);
    for (const record of plan.remove) await this.#containers.forget(record);
    if (plan.finished) await this.#sandbox.release();
  }

  #tellBackoffs(plan: Plan): void {
    const { name, namespace, uid } = this.#pod.metadata;
    for (const container of plan.waiting.keys()) {
      if (this.#plan.waiting.has(container)) continue;
      const message = `Back-off restarting failed container ${container} in pod ${name}_${namespace}(${uid})`;
      this.#around.event(this.#pod, 'Warning', 'BackOff', message, container);
    }
  }

  #start(names: readonly string[]): void {
    for (const name of names) this.#busy.add(name);
    const done = (name: string) => {
      this.#busy.delete(name);
      this.#look();
    };
    this.#track(this.#starter.inOrder(names, done), names);
  }

  #kill(id: string, message: string): void {
    const record = this.#containers.get(id);
    if (!record || this.#busy.has(record.name)) return;
    this.#busy.add(record.name);
    this.#track(this.#stopper.kill(record, message), [record.name]);
  }

  #track(task: Promise<void>, names: readonly string[]): void {
    const tracked = task
      .catch((err: unknown) =>
        log.error({ pod: this.#pod.metadata.name, err }, 'a container was left as it is'),
      )
      .finally(() => {
        for (const name of names) this.#busy.delete(name);
        this.#tasks.delete(tracked);
        this.#look();
      });
    this.#tasks.add(tracked);
  }

  /** Deleted, deleted again with less patience, or gone by force. */
  #hasten(): void {
    if (!this.#ending) return;
    this.#ending.shorten(this.#stopper.grace().deadlineMs);
    this.#stopper.hasten();
  }

  #terminate(): void {
    if (this.#ending) return;
    this.#ending = this.#stopper.grace();
    this.#hasten();
    this.#endingSoon.abort();
    this.#publish();
    void this.#end(this.#ending);
  }

  async #end(grace: Grace): Promise<void> {
    const parts = {
      pod: () => this.#pod,
      containers: this.#containers,
      sandbox: this.#sandbox,
      stopper: this.#stopper,
      settled: async () => void (await Promise.all(this.#tasks)),
      isGone: () => this.#gone,
      tellEnded: () => {
        this.#ended = true;
        this.#publish();
        return this.#publisher.flush();
      },
    };
    if (await end(parts, grace, this.#around)) this.#gone = true;
    this.#look();
  }

  #publish(): void {
    if (this.#gone) return;
    const plan = this.#plan;
    const restarting = new Set(this.#ending ? [] : [...plan.start, ...this.#busy]);
    const waiting = this.#ending ? [] : [...this.#starter.waiting, ...plan.waiting];
    const status = podStatus({
      pod: this.#pod,
      nowMs: this.#around.clock.now(),
      records: this.#containers.all(),
      health: (id) => this.#around.probes.health(id),
      waiting: new Map(waiting),
      restarting,
      podIPs: this.podIPs(),
      hostIPs: this.#around.nodeIPs,
      sandboxReady: this.#sandbox.isReady,
      startedAtMs: this.#startedAtMs,
      told: this.#publisher.newest,
      ...(plan.failure && { failure: plan.failure }),
      ended: this.#ended || plan.finished,
    });
    this.#publisher.set(this.#pod, status);
  }
}

/** Until somebody wakes us, the time has come, or the agent ends. */
async function until(
  wake: AbortSignal,
  end: AbortSignal,
  atMs: number | undefined,
  clock: Surroundings['clock'],
): Promise<void> {
  if (wake.aborted || end.aborted) return;
  const either = AbortSignal.any([wake, end]);
  if (atMs !== undefined) return clock.sleep(Math.max(0, atMs - clock.now()), either);
  await new Promise<void>((resolve) => either.addEventListener('abort', () => resolve()));
}
