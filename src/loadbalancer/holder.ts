/** What this node holds, brought in line with what it knows: of the cluster by the API, of who is alive by the others' word. */
import { internalIPs } from '../api/core/node/addresses.ts';
import { serviceOf } from '../api/discovery/endpointslice/service.ts';
import type { EndpointSlice, Node, Service } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import { familyOf } from '../lib/ip.ts';
import { logger } from '../lib/log.ts';
import { wantedAddresses } from './addresses.ts';
import { type Moves, movesIn } from './decide.ts';
import { candidatesFor } from './eligible.ts';
import type { Heartbeat } from './heartbeat.ts';
import { heldAddresses } from './held.ts';
import { Peers } from './peers.ts';

const log = logger('loadbalancer');

export interface HolderOptions {
  nodeName: string;
  /** Of this node on the LAN; heartbeats use the first. */
  nodeIPs: readonly string[];
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
  nodes: Informer<Node>;
  /** Resolves when the kernel has the rules that serve packets to all addresses that are known now. */
  rules: () => Promise<void>;
  /** This node holds the address for the Service, which it did not before. */
  onTaken?: (service: Service, address: string) => void;
  /** The link to the LAN. */
  link?: string;
  /** A file that holds the node's namespace open; by default the one that this process is in. */
  netns?: string;
  /** A clock that never goes back. */
  nowMs?: () => number;
}

const retryMs = 1_000;

export class Holder {
  readonly #options: HolderOptions;
  readonly #held;
  /** Until everything is known what the kernel has is kept. */
  #seesCluster = false;
  #wanted = new Map<string, [Service, ...Service[]]>();
  /** `namespace/name` of the Services at these addresses. */
  #served = new Set<string>();
  /** The other nodes' names, by the address that their heartbeats come from; and the other way round. */
  #nameOf = new Map<string, string>();
  #addressOf = new Map<string, string>();
  /** None while there is nothing to agree about. */
  #peers: Peers | undefined;
  #isScheduled = false;
  #isTaking = false;
  #isStopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: HolderOptions) {
    this.#options = options;
    this.#held = heldAddresses(options.link ?? 'eth0', options.netns);
  }

  seeCluster(): void {
    this.#seesCluster = true;
    this.schedule();
  }

  isConcernedBy(slice: EndpointSlice): boolean {
    return this.#served.has(serviceOf(slice) ?? '');
  }

  /** Many changes at once are looked at once. */
  schedule(): void {
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isStopped) this.#look();
    });
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    this.#peers?.stop();
    this.#held.close();
  }

  #look(): void {
    if (this.#seesCluster) this.#survey();
    this.#meetPeers();
    if (this.#seesCluster) this.#move();
  }

  #survey(): void {
    const { services, nodes, nodeName, nodeIPs } = this.#options;
    const before = this.#wanted;
    this.#wanted = wantedAddresses(services.list(), nodes.list());
    this.#welcome(before);
    this.#served = new Set([...this.#wanted.values()].flat().map(keyOf));
    const family = familyOf(nodeIPs[0] ?? '');
    this.#nameOf.clear();
    this.#addressOf.clear();
    for (const node of nodes.list()) {
      const { name } = node.metadata;
      const address = internalIPs(node).find((ip) => familyOf(ip) === family);
      if (!address || name === nodeName) continue;
      this.#nameOf.set(address, name);
      this.#addressOf.set(name, address);
    }
  }

  /** Services that come to share an address which is here already. */
  #welcome(before: ReadonlyMap<string, readonly Service[]>): void {
    for (const address of this.#held.addresses) {
      const there = new Set(before.get(address)?.map(keyOf));
      if (there.size === 0) continue;
      for (const service of this.#wanted.get(address) ?? [])
        if (!there.has(keyOf(service))) this.#options.onTaken?.(service, address);
    }
  }

  /** Nothing is sent while no Service has an address, and none by a node that is alone. */
  #meetPeers(): void {
    const needed = this.#seesCluster
      ? this.#wanted.size > 0 && this.#nameOf.size > 0
      : this.#held.addresses.size > 0;
    if (needed) {
      this.#peers ??= this.#attempt('heartbeats cannot be sent', () => this.#openPeers());
    } else {
      this.#peers?.stop();
      this.#peers = undefined;
    }
  }

  #openPeers(): Peers {
    const { nodeIPs, link = 'eth0', netns, nowMs = () => performance.now() } = this.#options;
    return new Peers({
      address: nodeIPs[0] ?? '',
      link,
      netns,
      nowMs,
      own: () => ({ seesCluster: this.#seesCluster, held: this.#held.addresses }),
      known: () => (this.#seesCluster ? this.#nameOf : undefined),
      onNews: (now, before) => {
        // It had the address too, or was cut off while it moved: somebody may still send it there.
        for (const address of this.#held.addresses)
          if (!before || (before.held.has(address) && !now.held.has(address))) this.#held.announce(address);
        this.schedule();
      },
      onDeath: () => this.schedule(),
    });
  }

  #move(): void {
    const { take, giveUp } = this.#moves();
    for (const address of giveUp)
      this.#attempt('an address could not be given up', () => this.#giveUp(address));
    if (giveUp.length > 0) this.#peers?.beat();
    if (take.length > 0) void this.#takeWhenServed();
  }

  /** Nobody is to meet the node itself at an address for which there are no rules yet. */
  async #takeWhenServed(): Promise<void> {
    if (this.#isTaking) return;
    this.#isTaking = true;
    await this.#options.rules();
    this.#isTaking = false;
    if (this.#isStopped) return;
    const { take } = this.#moves();
    for (const address of take) this.#attempt('an address could not be taken', () => this.#take(address));
    if (take.length > 0) this.#peers?.beat();
  }

  #moves(): Moves {
    const { nodeName, nodes, slices } = this.#options;
    return movesIn({
      nodeName,
      wanted: candidatesFor(this.#wanted, {
        nodes: nodes.list(),
        slices: () => slices.list(),
        isAlive: (node, address) => this.#isAlive(node, address),
      }),
      held: this.#held.addresses,
      says: (node, address) => this.#wordOf(node)?.held.has(address) ?? false,
      knowsOthers: this.#nameOf.size === 0 || (this.#peers?.areKnown ?? false),
    });
  }

  #take(address: string): void {
    this.#held.take(address);
    log.info({ address }, 'took an address');
    for (const service of this.#wanted.get(address) ?? []) this.#options.onTaken?.(service, address);
  }

  #giveUp(address: string): void {
    this.#held.giveUp(address);
    log.info({ address }, 'gave an address up');
  }

  #wordOf(node: string): Heartbeat | undefined {
    return this.#peers?.heartbeatOf(this.#addressOf.get(node) ?? '');
  }

  /** One that was started again and knows nothing yet goes on with what it has, and takes nothing new. */
  #isAlive(node: string, address: string): boolean {
    if (node === this.#options.nodeName) return true;
    const word = this.#wordOf(node);
    return word !== undefined && (word.seesCluster || word.held.has(address));
  }

  /** What fails is tried again a little later. */
  #attempt<T>(failure: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (err) {
      log.warn({ err: String(err) }, failure);
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.schedule(), retryMs);
      return undefined;
    }
  }
}
