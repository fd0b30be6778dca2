/** Gathers what changed and writes it to the kernel, a transaction at a time. */
import { type Clock, systemClock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import type { Nft } from '../nft/contract.ts';
import { recall } from './affinity.ts';
import { kernelForget } from './forget.ts';
import type { Frontend } from './frontend.ts';
import type { ProxyHealth } from './health/proxyHealth.ts';
import type { ProxyMetrics } from './metrics.ts';
import { familyOfFlows, type StaleFlows } from './stale.ts';
import { ProxyState } from './state.ts';
import { isTableThere, type Ranges } from './table.ts';

const log = logger('proxy');

export interface FollowerOptions extends Ranges {
  nft: Nft;
  clock?: Clock;
  metrics?: ProxyMetrics;
  health?: ProxyHealth;
  /** Told when all that is known goes into a transaction. */
  taking?: () => void;
  /** Told of those whose rules are in the kernel now. */
  written?: (owners: readonly string[]) => void;
  /** Forgets tracked UDP flows, and tells how many; by default those of the namespace that the proxy was started in. */
  forget?: (flows: readonly StaleFlows[]) => number;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;
const servicesInPart = 500;
/** No packet takes so long from one rule to the next. */
const packetMs = 5;

/** Gathers what changed while a transaction was under way, then writes all of it as the next. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #frontends: (service: string) => Frontend[];
  readonly #state: ProxyState;
  readonly #clock: Clock;
  readonly #changed = new Set<string>();
  readonly #stopped = new AbortController();
  /** Flows to be forgotten as soon as a transaction succeeds. */
  #stale: StaleFlows[] = [];
  #forget: ((flows: readonly StaleFlows[]) => number) | undefined;
  /** Taken into a transaction that has not succeeded yet. */
  readonly #underWay = new Set<string>();
  /** What stands in the kernel is not what the state says: at the start, and after a failure. */
  #mustReplaceAll = true;
  #haveRangesChanged = false;
  #hasStarted = false;
  #isScheduled = false;
  #following: Promise<void> = Promise.resolve();

  constructor(options: FollowerOptions, frontends: (service: string) => Frontend[]) {
    this.#options = options;
    this.#frontends = frontends;
    this.#state = new ProxyState(options);
    this.#clock = options.clock ?? systemClock;
  }

  changed(service: string): void {
    this.#changed.add(service);
    this.#options.health?.queued();
    if (this.#hasStarted) this.#schedule();
  }

  setServiceCIDRs(cidrs: readonly string[]): void {
    this.#state.setServiceCIDRs(cidrs);
    this.#haveRangesChanged = true;
    if (this.#hasStarted) this.#schedule();
  }

  setLocalPodCIDRs(cidrs: readonly string[]): void {
    this.#state.setLocalPodCIDRs(cidrs);
    this.#haveRangesChanged = true;
    if (this.#hasStarted) this.#schedule();
  }

  /** Resolves when the first transaction is in the kernel: it takes the place of a table that is there from before. */
  async start(): Promise<void> {
    this.#isScheduled = true;
    this.#hasStarted = true;
    this.#following = this.#follow();
    await this.#following;
  }

  /** Resolves when the kernel has the rules for all that has changed until now. */
  settled(): Promise<void> {
    return this.#following;
  }

  stop(): void {
    this.#stopped.abort();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#following = new Promise<void>((begin) => setImmediate(begin)).then(() => this.#follow());
  }

  async #follow(): Promise<void> {
    let delayMs = firstDelayMs;
    while (!this.#stopped.signal.aborted && this.#hasWork()) {
      if (await this.#sync()) {
        delayMs = firstDelayMs;
      } else {
        await this.#clock.sleep(delayMs, this.#stopped.signal);
        delayMs = Math.min(delayMs * 2, longestDelayMs);
      }
    }
    this.#isScheduled = false;
  }

  #hasWork(): boolean {
    return this.#mustReplaceAll || this.#haveRangesChanged || this.#changed.size > 0;
  }

  async #sync(): Promise<boolean> {
    const started = performance.now();
    const isFull = this.#mustReplaceAll;
    try {
      if (isFull) await this.#writeAll();
      else await this.#write(this.#nextTransactions());
    } catch (err) {
      // Nothing of the transaction is in the kernel; what was there before goes on working.
      this.#mustReplaceAll = true;
      this.#options.metrics?.failed();
      log.error({ err: String(err) }, 'the rules were refused and are written anew');
      return false;
    }
    this.#settle();
    this.#options.metrics?.synced((performance.now() - started) / 1_000, isFull);
    return true;
  }

  async #write([change, cleanup]: readonly string[]): Promise<void> {
    if (change !== undefined) await this.#options.nft.run(change);
    if (cleanup === undefined) return;
    await this.#clock.sleep(packetMs, this.#stopped.signal);
    if (!this.#stopped.signal.aborted) await this.#options.nft.run(cleanup);
  }

  /** Of all that has changed, or of so many Services. */
  #nextTransactions(most = this.#changed.size): string[] {
    this.#options.taking?.();
    const services = new Map([...this.#changed].slice(0, most).map((key) => [key, this.#frontends(key)]));
    for (const key of services.keys()) {
      this.#underWay.add(key);
      this.#changed.delete(key);
    }
    this.#options.metrics?.syncing();
    this.#haveRangesChanged = false;
    const { transactions, stale } = this.#state.update(services);
    this.#stale.push(...stale);
    return transactions;
  }

  async #writeAll(): Promise<void> {
    const isThere = await isTableThere(this.#options.nft);
    this.#mustReplaceAll = false;
    await (isThere ? this.#replace() : this.#build());
  }

  /** In one transaction. Clients find what they were given by the table that it takes the place of. */
  async #replace(): Promise<void> {
    const memory = await recall(this.#options.nft);
    this.#state.remember(memory);
    this.#nextTransactions();
    await this.#write([[this.#state.everything(), ...memory.commands].join('\n')]);
  }

  /** Where nothing stands nothing can be torn: the kernel takes one part while the next is made. */
  async #build(): Promise<void> {
    let writing = this.#write([this.#state.everything()]);
    while (this.#changed.size > 0) {
      const next = this.#nextTransactions(servicesInPart);
      await writing;
      writing = this.#write(next);
    }
    await writing;
  }

  /** The kernel has the rules. */
  #settle(): void {
    this.#forgetFlows();
    const written = [...this.#underWay];
    this.#underWay.clear();
    this.#options.written?.(written);
    this.#options.health?.updated();
    // What changed meanwhile waits for the next.
    if (this.#changed.size > 0) this.#options.health?.queued();
  }

  #forgetFlows(): void {
    const stale = Map.groupBy(this.#stale.splice(0), familyOfFlows);
    for (const [family, flows] of stale) this.#forgetFlowsOf(family, flows);
  }

  #forgetFlowsOf(family: 4 | 6, stale: readonly StaleFlows[]): void {
    this.#forget ??= this.#options.forget ?? kernelForget();
    const started = performance.now();
    try {
      const deleted = this.#forget(stale);
      this.#options.metrics?.reconciled(family, (performance.now() - started) / 1_000, deleted);
    } catch (err) {
      log.warn({ err: String(err) }, 'tracked UDP flows could not be deleted');
    }
  }
}
