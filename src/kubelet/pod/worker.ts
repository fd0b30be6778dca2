/**
 * Looks after one pod from the moment it is given to this node until nothing of it is left: observes,
 * asks `plan.ts` what to do, has it done, and tells the API how things stand.
 */
import { isConflict, isNotFound } from '../../api/errors.ts';
import { pods } from '../../api/resource.ts';
import type { Pod } from '../../api/types.ts';
import { logger } from '../../lib/log.ts';
import type { ContainerRecord } from '../contract.ts';
import { PodContainers } from './containers.ts';
import { containerNamed } from './env.ts';
import { StartFailure } from './failure.ts';
import { Grace } from './grace.ts';
import { initContainersOf, isSidecar, type Plan, planPod } from './plan.ts';
import { StatusPublisher } from './publisher.ts';
import { erase, type Prepared, prepare, release } from './sandbox.ts';
import { Starter } from './starter.ts';
import { podStatus } from './status.ts';
import { stop } from './stop.ts';
import type { Surroundings } from './surroundings.ts';
import { watchHealth } from './watchHealth.ts';

const log = logger('kubelet');

/** Deleted by force, a pod still has a second. */
const leastGraceMs = 1_000;
const retryMs = 1_000;

export interface Found {
  records: readonly ContainerRecord[];
  /** The namespaces of the pod are not there any more: the node was off. */
  sandboxLost: boolean;
}

export class PodWorker {
  readonly #around: Surroundings;
  readonly #publisher: StatusPublisher;
  readonly #starter: Starter;
  readonly #containers: PodContainers;
  readonly #busy = new Set<string>();
  readonly #startedAtMs: number;
  readonly #sandboxSinceMs: number;
  readonly #done = Promise.withResolvers<void>();
  /** Starts and stops of single containers. */
  readonly #tasks = new Set<Promise<void>>();
  readonly #endingSoon = new AbortController();
  /** Of the containers that are being stopped right now. */
  readonly #stopping = new Set<Grace>();
  #pod: Pod;
  #gone = false;
  #prepared: Promise<Prepared> | undefined;
  #prepareAgainAtMs = 0;
  #sandbox: Prepared | undefined;
  /** Containers run already that an agent before this one started: nothing is told before it is known how they are. */
  #takingOver: boolean;
  #released = false;
  #plan: Plan | undefined;
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
    this.#containers = new PodContainers(around, () => this.#pod, found.records);
    this.#starter = new Starter(
      {
        pod: () => this.#pod,
        containers: this.#containers,
        prepare: () => this.#prepare(),
        stop: (record) => this.#stop(record, this.#graceOf(this.#graceMs())),
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

  get pod(): Pod {
    return this.#pod;
  }

  get containers(): Pick<PodContainers, 'all' | 'latest'> {
    return this.#containers;
  }

  podIPs(): readonly string[] {
    return this.#sandbox?.sandbox.podIPs ?? (this.#pod.status?.podIPs ?? []).map(({ ip }) => ip);
  }

  netns(): string | undefined {
    return this.#sandbox?.sandbox.netns;
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
        this.#plan = { ...this.#emptyPlan(), wakeAtMs: clock.now() + retryMs };
      }
      const wakeAtMs = this.#ending ? undefined : this.#plan?.wakeAtMs;
      await until(wake.signal, signal, wakeAtMs, clock);
    }
    this.#done.resolve();
  }

  #emptyPlan(): Plan {
    return { start: [], kill: [], remove: [], waiting: new Map(), finished: false };
  }

  /** Says whether nothing of the pod is left. */
  async #step(): Promise<boolean> {
    if (this.#gone && this.#ended) {
      await this.#erase();
      return true;
    }
    if (this.#gone || this.#pod.metadata.deletionTimestamp) {
      this.#terminate();
      return false;
    }
    await this.#removeUnfinished();
    // A pod that is over gets no new sandbox, only what is left of the old one is taken away.
    if (this.#isOver()) this.#takingOver = false;
    else this.#prepare().catch(() => {});
    this.#followProbes();
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
    });
    this.#tellBackoffs(plan);
    for (const { id, message } of plan.kill) this.#kill(id, message);
    if (plan.start.length > 0) this.#start(plan.start);
    for (const record of plan.remove) await this.#containers.forget(record);
    if (plan.finished) await this.#release();
    else if (!this.#sandbox && this.#prepareAgainAtMs > 0)
      plan.wakeAtMs = Math.min(plan.wakeAtMs ?? this.#prepareAgainAtMs, this.#prepareAgainAtMs);
    if (!this.#takingOver) this.#publish();
    return false;
  }

  #isOver(): boolean {
    const { phase } = this.#pod.status ?? {};
    return phase === 'Succeeded' || phase === 'Failed';
  }

  #prepare(): Promise<Prepared> {
    const { clock } = this.#around;
    const leftMs = this.#prepareAgainAtMs - clock.now();
    if (leftMs > 0)
      return Promise.reject(new StartFailure('ContainerCreating', 'the sandbox is not ready', leftMs));
    this.#prepared ??= prepare(this.#pod, this.#around)
      .then(
        (prepared) => (this.#sandbox = prepared),
        (err: unknown) => {
          this.#prepared = undefined;
          this.#prepareAgainAtMs = clock.now() + (err instanceof StartFailure ? err.retryMs : retryMs);
          throw err;
        },
      )
      .finally(() => {
        this.#takingOver = false;
        this.#look();
      });
    return this.#prepared;
  }

  /** An agent that was killed between making and starting one leaves it waiting for ever. */
  async #removeUnfinished(): Promise<void> {
    for (const record of this.#containers.all())
      if (record.state === 'created' && !this.#busy.has(record.name)) await this.#containers.forget(record);
  }

  #followProbes(): void {
    const ip = this.#sandbox?.sandbox.podIPs[0];
    if (ip === undefined) return;
    for (const record of this.#containers.running()) {
      if (this.#busy.has(record.name)) continue;
      const container = containerNamed(this.#pod, record.name);
      watchHealth(this.#pod, container, record, ip, this.#around, () => this.#look());
    }
  }

  /** And makes this the plan. */
  #tellBackoffs(plan: Plan): void {
    const { name, namespace, uid } = this.#pod.metadata;
    for (const container of plan.waiting.keys()) {
      if (this.#plan?.waiting.has(container)) continue;
      const message = `Back-off restarting failed container ${container} in pod ${name}_${namespace}(${uid})`;
      this.#event('Warning', 'BackOff', message, container);
    }
    this.#plan = plan;
  }

  #start(names: readonly string[]): void {
    for (const name of names) this.#busy.add(name);
    const done = (name: string) => {
      this.#busy.delete(name);
      this.#look();
    };
    this.#track(this.#starter.inOrder(names, done), names);
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

  #kill(id: string, message: string): void {
    const record = this.#containers.get(id);
    if (!record || this.#busy.has(record.name)) return;
    this.#busy.add(record.name);
    this.#event('Normal', 'Killing', message, record.name);
    const container = containerNamed(this.#pod, record.name);
    const probe = message.includes('startup') ? container.startupProbe : container.livenessProbe;
    const seconds = probe?.terminationGracePeriodSeconds;
    const graceMs = seconds === undefined ? this.#graceMs() : seconds * 1000;
    this.#track(this.#stop(record, this.#graceOf(graceMs)), [record.name]);
  }

  async #stop(record: ContainerRecord, grace: Grace, notBefore = Promise.resolve()): Promise<void> {
    if (this.#containers.get(record.id)?.state === 'exited') return;
    this.#around.probes.stop(record.id);
    const container = containerNamed(this.#pod, record.name);
    const podIP = this.#sandbox?.sandbox.podIPs[0] ?? '';
    const ended = this.#containers.end(record.id);
    this.#stopping.add(grace);
    await stop({ pod: this.#pod, container, record, ended, podIP, grace, notBefore }, this.#around);
    this.#stopping.delete(grace);
  }

  #graceOf(ms: number): Grace {
    return new Grace(this.#around.clock.now() + ms);
  }

  #graceMs(): number {
    const { metadata, spec } = this.#pod;
    const seconds = metadata.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;
    return Math.max(seconds * 1000, leastGraceMs);
  }

  /** Deleted, deleted again with less patience, or gone by force. */
  #hasten(): void {
    if (!this.#ending) return;
    const deadlineMs = this.#around.clock.now() + this.#graceMs();
    for (const grace of [this.#ending, ...this.#stopping]) grace.shorten(deadlineMs);
  }

  #terminate(): void {
    if (this.#ending) return;
    this.#ending = this.#graceOf(this.#graceMs());
    this.#hasten();
    this.#endingSoon.abort();
    this.#publish();
    void this.#end();
  }

  /** Whatever goes wrong, a pod that has to end is not given up. */
  async #end(): Promise<void> {
    const { clock, signal, dropDelayMs } = this.#around;
    const wasReady = this.#pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
    const dropped = wasReady ? clock.sleep(dropDelayMs, signal) : Promise.resolve();
    while (!signal.aborted) {
      try {
        await this.#endContainers(dropped);
        if (!signal.aborted) await this.#finish();
        return;
      } catch (err) {
        log.error({ pod: this.#pod.metadata.name, err }, 'a pod could not be ended, will try again');
        await clock.sleep(retryMs, signal);
      }
    }
  }

  async #endContainers(dropped: Promise<void>): Promise<void> {
    await Promise.all(this.#tasks);
    await this.#prepared?.catch(() => {});
    const sidecars = new Set(
      initContainersOf(this.#pod)
        .filter(isSidecar)
        .map((c) => c.name),
    );
    const running = this.#containers.running();
    const end = (record: ContainerRecord) => {
      this.#event('Normal', 'Killing', `Stopping container ${record.name}`, record.name);
      return this.#stop(record, this.#ending ?? this.#graceOf(0), dropped);
    };
    await Promise.all(running.filter((r) => !sidecars.has(r.name)).map(end));
    for (const record of running.filter((r) => sidecars.has(r.name)).reverse()) await end(record);
  }

  async #finish(): Promise<void> {
    const { client, clock, signal } = this.#around;
    await this.#release();
    this.#ended = true;
    this.#publish();
    await this.#publisher.flush();
    const { name, namespace = '', uid = '' } = this.#pod.metadata;
    while (!this.#gone && !signal.aborted) {
      try {
        await client.delete(pods, { name, namespace }, { gracePeriodSeconds: 0, preconditions: { uid } });
        break;
      } catch (err) {
        if (isNotFound(err) || isConflict(err)) this.#gone = true;
        else await clock.sleep(retryMs, signal);
      }
    }
    this.#look();
  }

  async #release(): Promise<void> {
    if (this.#released) return;
    for (const { id } of this.#containers.all()) this.#around.probes.stop(id);
    await release(this.#pod.metadata.uid ?? '', this.#around);
    this.#released = true;
  }

  async #erase(): Promise<void> {
    const { directories } = this.#around;
    await erase(this.#pod.metadata.uid ?? '', directories.logs(this.#pod), this.#around);
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string, container?: string): void {
    this.#around.event(this.#pod, type, reason, message, container);
  }

  #publish(): void {
    if (this.#gone) return;
    const plan = this.#plan ?? this.#emptyPlan();
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
      sandboxReady: this.#sandbox !== undefined && !this.#released,
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
