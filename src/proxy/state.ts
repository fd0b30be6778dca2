/** What stands in the kernel, Service by Service: so a change of one costs what that one has. */

import { Changes, Uses } from './changes.ts';
import { elementsOf, type Placing, pickOf, sharedElementsOf } from './elements.ts';
import { type Frontend, idOf, type MapElement } from './frontend.ts';
import { type Pick, pickName } from './picks.ts';
import { assignSlots, Numbering, type Numbers } from './slots.ts';
import { type StaleFlows, staleFlows } from './stale.ts';
import { freshTable, type Ranges, rangesIn } from './table.ts';

interface Placed extends Placing {
  frontend: Frontend;
}

/** By which numbers clients remember endpoints, by {@link idOf} of the frontend. */
export interface Remembered {
  numbers: ReadonlyMap<string, Numbers>;
  /** No number from here on was given out. */
  next: number;
}

export interface Batch {
  /** The change, and what is to be cleaned up when no packet under way began before it. Either may have nothing to do. */
  transactions: string[];
  /** To be forgotten once the transaction is in the kernel. */
  stale: StaleFlows[];
}

export class ProxyState {
  #ranges: Ranges;
  readonly #services = new Map<string, Map<string, Placed>>();
  /** Which Service has a frontend. */
  readonly #owners = new Map<string, string>();
  /** The API gives no address or port out twice; where two Services want the same all the same, the first keeps it. */
  readonly #waiting = new Map<string, Map<string, Frontend>>();
  readonly #picks = new Uses<Pick>();
  readonly #shared = new Uses<MapElement>();
  /** What the next update brings, besides Services. */
  #pending = new Changes();

  readonly #numbering = new Numbering();
  #remembered: Remembered['numbers'] = new Map();

  constructor(ranges: Ranges) {
    this.#ranges = ranges;
  }

  /** For the frontends of the next {@link update} that are not known yet. */
  remember({ numbers, next }: Remembered): void {
    this.#remembered = numbers;
    this.#numbering.startAt(next);
  }

  /** From the next {@link update} on. */
  setServiceCIDRs(serviceCIDRs: readonly string[]): void {
    this.#exchangeRanges('service-ranges', this.#ranges.serviceCIDRs, serviceCIDRs);
    this.#ranges = { ...this.#ranges, serviceCIDRs };
  }

  /** From the next {@link update} on. */
  setLocalPodCIDRs(localPodCIDRs: readonly string[]): void {
    this.#exchangeRanges('local-pods', this.#ranges.localPodCIDRs ?? [], localPodCIDRs);
    this.#ranges = { ...this.#ranges, localPodCIDRs };
  }

  #exchangeRanges(
    set: Parameters<typeof rangesIn>[0],
    before: readonly string[],
    after: readonly string[],
  ): void {
    for (const range of rangesIn(set, before)) this.#pending.remove(range);
    for (const range of rangesIn(set, after)) this.#pending.add(range);
  }

  /** Takes in what some Services now are (nothing, for one that is gone), and tells how the kernel follows. */
  update(services: ReadonlyMap<string, readonly Frontend[]>): Batch {
    const changes = this.#pending;
    this.#pending = new Changes();
    const stale: StaleFlows[] = [];
    // All that is given up comes first: an address may pass from one Service to another.
    const freed = [...services].flatMap(([service, wanted]) => this.#giveUp(service, wanted, changes, stale));
    for (const id of freed) this.#passOn(id, changes, stale);
    for (const [service, frontends] of services)
      for (const frontend of frontends) this.#put(service, frontend, changes, stale);
    this.#remembered = new Map();
    const transactions = [changes.commands(), changes.cleanup()].map((commands) => commands.join('\n'));
    return { transactions: transactions.filter((transaction) => transaction !== ''), stale };
  }

  /** The whole table as it should be, whatever stands in the kernel. */
  everything(): string {
    const changes = new Changes();
    for (const pick of this.#picks.all()) changes.addPick(pick);
    for (const element of this.#shared.all()) changes.add(element);
    for (const placed of this.#services.values())
      for (const each of placed.values())
        for (const element of elementsOf(each.frontend, each)) changes.add(element);
    return [...freshTable(this.#ranges), ...changes.commands()].join('\n');
  }

  /** Takes out what a Service no longer wants, and tells which frontends are free by that. */
  #giveUp(service: string, wanted: readonly Frontend[], changes: Changes, stale: StaleFlows[]): string[] {
    const ids = new Set(wanted.map(idOf));
    for (const [id, waiting] of this.#waiting) if (!ids.has(id)) waiting.delete(service);
    const placed = this.#services.get(service) ?? new Map<string, Placed>();
    const freed = [...placed.keys()].filter((id) => !ids.has(id));
    for (const id of freed) {
      const frontend = placed.get(id)?.frontend;
      if (frontend) this.#put(service, withNothing(frontend), changes, stale);
      placed.delete(id);
      this.#owners.delete(id);
    }
    if (placed.size === 0) this.#services.delete(service);
    return freed;
  }

  #passOn(id: string, changes: Changes, stale: StaleFlows[]): void {
    const [next] = this.#waiting.get(id) ?? [];
    if (!next) return;
    this.#waiting.get(id)?.delete(next[0]);
    if (this.#waiting.get(id)?.size === 0) this.#waiting.delete(id);
    this.#put(next[0], next[1], changes, stale);
  }

  #put(service: string, frontend: Frontend, changes: Changes, stale: StaleFlows[]): void {
    const id = idOf(frontend);
    const owner = this.#owners.get(id) ?? service;
    if (owner !== service) {
      this.#waiting.set(id, (this.#waiting.get(id) ?? new Map<string, Frontend>()).set(service, frontend));
      return;
    }
    this.#owners.set(id, service);
    const placed = this.#services.get(service) ?? new Map<string, Placed>();
    this.#services.set(service, placed);
    const before = placed.get(id);
    const slots = assignSlots(before?.slots ?? [], frontend.targets);
    const known = before?.numbers ?? this.#remembered.get(id) ?? new Map<string, number>();
    const isSticky = frontend.stickySeconds !== undefined;
    const after = { frontend, slots, ...(isSticky && { numbers: this.#numbering.assign(known, slots) }) };
    placed.set(id, after);
    this.#exchange(before, after, changes);
    stale.push(...staleFlows(before?.frontend, frontend));
  }

  #exchange(before: Placed | undefined, after: Placed, changes: Changes): void {
    // What is new is counted first, so that nothing shared goes and comes back.
    const pick = pickOf(after.frontend, after.slots);
    if (pick && this.#picks.take(pickName(pick), pick)) changes.addPick(pick);
    for (const element of sharedElementsOf(after.frontend))
      if (this.#shared.take(nameOf(element), element)) changes.add(element);
    if (before) this.#release(before, changes);
    for (const element of before ? elementsOf(before.frontend, before) : []) changes.remove(element);
    for (const element of elementsOf(after.frontend, after)) changes.add(element);
  }

  #release({ frontend, slots }: Placed, changes: Changes): void {
    const pick = pickOf(frontend, slots);
    if (pick && this.#picks.release(pickName(pick))) changes.removePick(pick);
    for (const element of sharedElementsOf(frontend))
      if (this.#shared.release(nameOf(element))) changes.remove(element);
  }
}

/** Of which no element is left. */
function withNothing({ whenEmpty: _, ownsAddress: __, ...frontend }: Frontend): Frontend {
  return { ...frontend, targets: [] };
}

const nameOf = ({ container, key }: MapElement): string => `${container} ${key}`;
