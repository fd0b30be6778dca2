/** Keeps the kernel's rules as the Services and their EndpointSlices say. Thin: what to do is decided in `rules.ts` and `state.ts`. */
import type { EndpointSlice, Service } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { deleteUdpFlows } from '../lib/linux/netlink/conntrack.ts';
import { netlink, protocol } from '../lib/linux/netlink/socket.ts';
import { logger } from '../lib/log.ts';
import type { Nft } from '../nft/contract.ts';
import type { ProxyMetrics } from './metrics.ts';
import { type Frontend, frontendsOf } from './rules.ts';
import type { StaleFlows } from './stale.ts';
import { ProxyState } from './state.ts';
import type { Ranges } from './table.ts';

const log = logger('proxy');

export interface ProxyOptions extends Ranges {
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
  nft: Nft;
  nodeName: string;
  clock?: Clock;
  metrics?: ProxyMetrics;
  /** Forgets tracked UDP flows; by default those of the namespace that the proxy was started in. */
  forget?: (flows: readonly StaleFlows[]) => void;
}

export interface Proxy {
  /** The rules for everything that was known at the start are in the kernel. */
  synced: Promise<void>;
  /** Other ranges of Services' addresses; the table is written anew, which seldom happens. */
  setServiceCIDRs(cidrs: readonly string[]): void;
  /** The rules stay; they are only no longer changed. */
  stop(): void;
}

export function startProxy(options: ProxyOptions): Proxy {
  const { services, slices, nodeName } = options;
  const slicesOf = new Map<string, Map<string, EndpointSlice>>();
  const follower = new Follower(options, (key) => {
    const service = services.get(key);
    return service ? frontendsOf(service, [...(slicesOf.get(key)?.values() ?? [])], nodeName) : [];
  });

  services.onChange((now, before) => {
    const service = now ?? before;
    if (service) follower.changed(keyOf(service));
  });
  slices.onChange((now, before) => {
    for (const [slice, isThere] of [
      [before, false],
      [now, true],
    ] as const) {
      const key = slice && serviceOf(slice);
      if (!key) continue;
      const known = slicesOf.get(key) ?? new Map<string, EndpointSlice>();
      if (isThere) slicesOf.set(key, known.set(slice.metadata.name, slice));
      else if (known.delete(slice.metadata.name) && known.size === 0) slicesOf.delete(key);
      follower.changed(key);
    }
  });
  const synced = Promise.all([services.synced, slices.synced]).then(() => follower.start());
  return {
    synced,
    setServiceCIDRs: (cidrs) => follower.setServiceCIDRs(cidrs),
    stop: () => follower.stop(),
  };
}

/** `namespace/name` of the Service that a slice is of. */
function serviceOf({ metadata }: EndpointSlice): string | undefined {
  const name = metadata.labels?.['kubernetes.io/service-name'];
  return name === undefined ? undefined : `${metadata.namespace}/${name}`;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** Gathers what changed while a transaction was under way, then writes all of it as the next. */
class Follower {
  readonly #options: ProxyOptions;
  readonly #frontends: (service: string) => Frontend[];
  readonly #state: ProxyState;
  readonly #clock: Clock;
  readonly #changed = new Set<string>();
  readonly #stopped = new AbortController();
  /** Flows to be forgotten as soon as a transaction succeeds. */
  #stale: StaleFlows[] = [];
  #forget: ((flows: readonly StaleFlows[]) => void) | undefined;
  /** What stands in the kernel is not what the state says: at the start, and after a failure. */
  #mustReplaceAll = true;
  #hasStarted = false;
  #isScheduled = false;

  constructor(options: ProxyOptions, frontends: (service: string) => Frontend[]) {
    this.#options = options;
    this.#frontends = frontends;
    this.#state = new ProxyState(options);
    this.#clock = options.clock ?? systemClock;
  }

  changed(service: string): void {
    this.#changed.add(service);
    if (this.#hasStarted) this.#schedule();
  }

  setServiceCIDRs(cidrs: readonly string[]): void {
    this.#state.setServiceCIDRs(cidrs);
    this.#mustReplaceAll = true;
    if (this.#hasStarted) this.#schedule();
  }

  /** Resolves when the first transaction is in the kernel: it takes the place of a table that is there from before. */
  async start(): Promise<void> {
    this.#isScheduled = true;
    this.#hasStarted = true;
    await this.#follow();
  }

  stop(): void {
    this.#stopped.abort();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => void this.#follow());
  }

  async #follow(): Promise<void> {
    let delayMs = firstDelayMs;
    while (!this.#stopped.signal.aborted && (this.#mustReplaceAll || this.#changed.size > 0)) {
      if (await this.#sync()) {
        delayMs = firstDelayMs;
      } else {
        await this.#clock.sleep(delayMs, this.#stopped.signal);
        delayMs = Math.min(delayMs * 2, longestDelayMs);
      }
    }
    this.#isScheduled = false;
  }

  async #sync(): Promise<boolean> {
    const started = performance.now();
    const transaction = this.#nextTransaction();
    if (transaction === '') return true;
    try {
      await this.#options.nft.run(transaction);
      this.#forgetFlows();
      this.#options.metrics?.synced((performance.now() - started) / 1_000, this.#clock.now());
      return true;
    } catch (err) {
      // Nothing of the transaction is in the kernel; what was there before goes on working.
      this.#mustReplaceAll = true;
      this.#options.metrics?.failed();
      log.error({ err: String(err) }, 'the rules were refused and are written anew');
      return false;
    }
  }

  #nextTransaction(): string {
    const services = new Map([...this.#changed].map((key) => [key, this.#frontends(key)]));
    this.#changed.clear();
    const { transaction, stale } = this.#state.update(services);
    this.#stale.push(...stale);
    const all = this.#mustReplaceAll;
    this.#mustReplaceAll = false;
    return all ? this.#state.everything() : transaction;
  }

  #forgetFlows(): void {
    const stale = this.#stale.splice(0);
    if (stale.length === 0) return;
    this.#forget ??= this.#options.forget ?? kernelForget();
    try {
      this.#forget(stale);
    } catch (err) {
      log.warn({ err: String(err) }, 'tracked UDP flows could not be deleted');
    }
  }
}

/** Deletes flows from the connection tracking of a namespace: this one, or the one that a file holds open. */
export function kernelForget(netns?: string): (flows: readonly StaleFlows[]) => void {
  const socket = netlink(netns, protocol.NETFILTER);
  return (flows) => {
    for (const { filter, also } of flows) deleteUdpFlows(socket, filter, also);
  };
}
