/** While there are policies: gathers what changed during a transaction, then writes all of it as the next. */
import type { Namespace, NetworkPolicy, Pod } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import type { Nft } from '../nft/contract.ts';
import { addressesOf } from './pods.ts';
import { PolicyState, type PolicyStateOptions } from './state.ts';

const log = logger('policy');

export interface FollowerOptions extends PolicyStateOptions {
  policies: Informer<NetworkPolicy>;
  /** Called when the first policy comes; the informers end with the signal. */
  watch: (signal: AbortSignal) => { pods: Informer<Pod>; namespaces: Informer<Namespace> };
  nft: Nft;
  clock: Clock;
}

interface Admission {
  key: string;
  uid: string;
  resolve: () => void;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

export class Follower {
  readonly #options: FollowerOptions;
  readonly #state: PolicyState;
  readonly #pods: Informer<Pod>;
  readonly #stopped = new AbortController();
  /** By uid: the node knows them before the API does. */
  readonly #addresses = new Map<string, string[]>();
  readonly #waiting = new Set<Admission>();
  /** What stands in the kernel is not what the state says: at the start, and after a failure. */
  #mustReplaceAll = true;
  #hasStarted = false;
  #hasChanged = true;
  #isScheduled = false;
  /** The first transaction is in the kernel: it takes the place of a table that is there from before. */
  readonly started: Promise<void>;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#state = new PolicyState(options);
    const { pods, namespaces } = options.watch(this.#stopped.signal);
    this.#pods = pods;
    namespaces.onChange((now, before) => {
      this.#state.putNamespace((now ?? before)?.metadata.name ?? '', now);
      this.#schedule();
    });
    pods.onChange((now, before) => {
      if (before && before.metadata.uid !== now?.metadata.uid)
        this.#addresses.delete(before.metadata.uid ?? '');
      const pod = now ?? before;
      if (pod) this.#putPod(keyOf(pod), now);
    });
    for (const policy of options.policies.list()) this.policyChanged(policy);
    this.started = Promise.all([pods.synced, namespaces.synced]).then(() => this.#start());
  }

  policyChanged(policy: NetworkPolicy): void {
    const { namespace = '', name } = policy.metadata;
    this.#state.putPolicy(namespace, name, this.#options.policies.get(keyOf(policy)));
    this.#schedule();
  }

  /** Resolves when the pod is in the kernel with its addresses, or nobody wants to know any more. */
  admit(pod: Pod, signal: AbortSignal): Promise<void> {
    const [key, uid] = [keyOf(pod), pod.metadata.uid ?? ''];
    this.#addresses.set(uid, addressesOf(pod.status));
    const known = this.#pods.get(key);
    if (known?.metadata.uid === uid) this.#putPod(key, known);
    const { promise, resolve } = Promise.withResolvers<void>();
    const admission = { key, uid, resolve };
    this.#waiting.add(admission);
    signal.addEventListener('abort', () => this.#waiting.delete(admission));
    this.#schedule();
    return promise;
  }

  stop(): void {
    this.#stopped.abort();
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #putPod(key: string, pod: Pod | undefined): void {
    this.#state.putPod(key, pod, pod && this.#addresses.get(pod.metadata.uid ?? ''));
    this.#schedule();
  }

  async #start(): Promise<void> {
    this.#hasStarted = true;
    this.#isScheduled = true;
    await this.#follow();
  }

  #schedule(): void {
    this.#hasChanged = true;
    if (this.#isScheduled || !this.#hasStarted) return;
    this.#isScheduled = true;
    setImmediate(() => void this.#follow());
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped;
    let delayMs = firstDelayMs;
    while (!signal.aborted && this.#hasChanged) {
      this.#hasChanged = false;
      if (await this.#sync()) {
        delayMs = firstDelayMs;
      } else {
        this.#hasChanged = true;
        await this.#options.clock.sleep(delayMs, signal);
        delayMs = Math.min(delayMs * 2, longestDelayMs);
      }
    }
    this.#isScheduled = false;
  }

  async #sync(): Promise<boolean> {
    const changes = this.#state.commit();
    const transaction = this.#mustReplaceAll ? this.#state.everything() : changes;
    const ready = [...this.#waiting].filter(({ key, uid }) => this.#state.hasPlaced(key, uid));
    try {
      if (transaction !== '') await this.#options.nft.run(transaction);
      this.#mustReplaceAll = false;
    } catch (err) {
      // Nothing of the transaction is in the kernel; what was there before goes on working.
      this.#mustReplaceAll = true;
      log.error({ err: String(err) }, 'the rules were refused and are written anew');
      return false;
    }
    for (const admission of ready) {
      this.#waiting.delete(admission);
      admission.resolve();
    }
    return true;
  }
}
