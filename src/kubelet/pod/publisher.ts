/** Tells the API the status of one pod: only what changed, one request at a time, the newest wins. */
import { isDeepStrictEqual } from 'node:util';
import { isConflict, isNotFound } from '../../api/errors.ts';
import { pods } from '../../api/resource.ts';
import type { Pod, PodCondition, PodStatus } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';

const log = logger('kubelet');

/** A pod that is still coming up has most often more to tell within this time. */
const gatherMs = 100;
const retryMs = 200;

export class StatusPublisher {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #pod: Pod;
  #told: PodStatus | undefined;
  #toldVersion = 0;
  #wanted: PodStatus | undefined;
  #sending: Promise<void> | undefined;
  #hurry = new AbortController();
  #gone = false;

  constructor(client: Client, clock: Clock, signal: AbortSignal, pod: Pod) {
    this.#client = client;
    this.#clock = clock;
    this.#signal = signal;
    this.#pod = pod;
    this.#told = pod.status;
  }

  set(pod: Pod, status: PodStatus): void {
    this.#pod = pod;
    this.#wanted = status;
    if (status.phase !== 'Pending') this.#hurry.abort();
    this.#sending ??= this.#send();
  }

  /** The newest that was set, or what the API said at first. */
  get newest(): PodStatus | undefined {
    return this.#wanted ?? this.#told;
  }

  /** What the API has now: somebody else may have written over it. */
  observe({ metadata, status }: Pod): void {
    const version = Number(metadata.resourceVersion);
    if (this.#sending || version <= this.#toldVersion) return;
    this.#told = status;
    this.#toldVersion = version;
  }

  /** Resolves when all that was set is told. */
  async flush(): Promise<void> {
    this.#hurry.abort();
    await this.#sending;
  }

  /** The object is not there any more: nothing is told from now on. */
  stop(): void {
    this.#gone = true;
    this.#hurry.abort();
  }

  async #send(): Promise<void> {
    await Promise.resolve(); // so that `#sending` is set before it is taken back
    try {
      await this.#sendAll();
    } finally {
      this.#sending = undefined;
    }
  }

  async #sendAll(): Promise<void> {
    while (!this.#gone && !this.#signal.aborted) {
      if (!this.#wanted || isSame(this.#told, this.#wanted)) return;
      if (this.#wanted.phase === 'Pending') {
        await this.#clock.sleep(gatherMs, this.#hurry.signal);
        this.#hurry = new AbortController();
      }
      const status = this.#wanted;
      if (this.#gone || isSame(this.#told, status)) return;
      const { name, namespace = '', uid } = this.#pod.metadata;
      const patch = { metadata: { uid }, status: statusPatch(this.#told, status) };
      try {
        const options = { type: 'strategic', subresource: 'status' } as const;
        const { metadata } = await this.#client.patch(pods, { name, namespace }, patch, options);
        this.#told = status;
        this.#toldVersion = Number(metadata.resourceVersion);
      } catch (err) {
        if (isNotFound(err) || isConflict(err)) return;
        log.debug({ pod: name, err: String(err) }, 'the status could not be told, will try again');
        await this.#clock.sleep(retryMs, this.#signal);
      }
    }
  }
}

const owned = [
  'observedGeneration',
  'phase',
  'reason',
  'message',
  'conditions',
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const satisfies readonly (keyof PodStatus)[];

const isSame = (before: PodStatus | undefined, now: PodStatus): boolean =>
  before !== undefined && owned.every((key) => isDeepStrictEqual(before[key], now[key]));

/** Conditions are merged by their type: a reason that does not hold any more has to be taken away. */
function conditionsPatch(before: PodCondition[] = [], now: PodCondition[] = []): object[] {
  return now.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    return { ...(old?.reason && { reason: null }), ...(old?.message && { message: null }), ...condition };
  });
}

/** A strategic merge patch: what is not there any more has to be said. */
export function statusPatch(before: PodStatus | undefined, now: PodStatus): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const key of owned) {
    if (isDeepStrictEqual(before?.[key], now[key])) continue;
    patch[key] = now[key] ?? null;
  }
  if (patch['conditions']) patch['conditions'] = conditionsPatch(before?.conditions, now.conditions);
  const left = new Set((now.podIPs ?? []).map(({ ip }) => ip));
  const stale = (before?.podIPs ?? []).filter(({ ip }) => !left.has(ip));
  if (stale.length > 0)
    patch['podIPs'] = [...(now.podIPs ?? []), ...stale.map(({ ip }) => ({ ip, $patch: 'delete' }))];
  return patch;
}
