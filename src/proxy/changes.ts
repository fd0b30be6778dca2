/** Collects changes of map elements and of shared chains, and writes the difference as one transaction. */
import type { Element } from '../nft/transaction.ts';
import type { MapElement } from './frontend.ts';
import { type Pick, pickCommands, pickName } from './picks.ts';
import { commands } from './table.ts';

/** A value before and after; undefined is "not there". A set's elements have the empty value. */
interface Change {
  before: string | undefined;
  after: string | undefined;
}

export class Changes {
  readonly #elements = new Map<string, Map<string, Change>>();
  readonly #picks = new Map<string, { pick: Pick; wasThere: boolean; isThere: boolean }>();

  add(element: MapElement): void {
    this.#changeOf(element, undefined).after = element.value ?? '';
  }

  remove(element: MapElement): void {
    this.#changeOf(element, element.value ?? '').after = undefined;
  }

  addPick(pick: Pick): void {
    const known = this.#picks.get(pickName(pick)) ?? { pick, wasThere: false };
    this.#picks.set(pickName(pick), { ...known, isThere: true });
  }

  removePick(pick: Pick): void {
    const known = this.#picks.get(pickName(pick)) ?? { pick, wasThere: true };
    this.#picks.set(pickName(pick), { ...known, isThere: false });
  }

  /** What was there before anything of this batch counts. */
  #changeOf({ container, key }: MapElement, before: string | undefined): Change {
    let changes = this.#elements.get(container);
    if (!changes) this.#elements.set(container, (changes = new Map()));
    let change = changes.get(key);
    if (!change) changes.set(key, (change = { before, after: before }));
    return change;
  }

  /**
   * Commands in an order that the kernel takes: chains before the elements that jump to them, an element's old
   * value before its new one, and a chain last when nothing jumps to it any more.
   */
  commands(): string[] {
    const picks = [...this.#picks.values()];
    const dropped: string[] = [];
    const added: string[] = [];
    for (const [container, changes] of this.#elements) {
      const real = Array.from(changes).filter(([, { before, after }]) => before !== after);
      const gone = real.filter(
        ([, change]) => change.before !== undefined && !isLookedUpLater(container, change),
      );
      const come = real.flatMap(([key, { after }]) => (after === undefined ? [] : [elementOf(key, after)]));
      if (gone.length > 0) dropped.push(commands.deleteElements(container, gone.map(keyed)));
      if (come.length > 0) added.push(commands.addElements(container, come));
    }
    return [
      ...picks.filter((p) => p.isThere && !p.wasThere).flatMap(({ pick }) => pickCommands(pick)),
      ...dropped,
      ...added,
      ...picks
        .filter((p) => !p.isThere && p.wasThere)
        .map(({ pick }) => commands.deleteChain(pickName(pick))),
    ];
  }

  /**
   * For a transaction of its own, a moment after that of {@link commands}: a packet may have drawn a slot before the
   * one, and look for what is in it after.
   */
  cleanup(): string[] {
    return Array.from(this.#elements, ([container, changes]) => {
      const gone = Array.from(changes).filter(
        ([, change]) => change.before !== undefined && isLookedUpLater(container, change),
      );
      return gone.length > 0 ? [commands.deleteElements(container, gone.map(keyed))] : [];
    }).flat();
  }
}

/** Gone, from a map that is asked with what was drawn. */
const isLookedUpLater = (container: string, { after }: Change): boolean =>
  after === undefined && /endpoints|slots/.test(container);

const keyed = ([key]: [string, Change]): Element => ({ key });

const elementOf = (key: string, value: string): Element => (value === '' ? { key } : { key, value });

/** Counts how often each shared thing is used, and tells when the first use comes and the last goes. */
export class Uses<Thing> {
  readonly #uses = new Map<string, { thing: Thing; count: number }>();

  /** True for the first. */
  take(id: string, thing: Thing): boolean {
    const used = this.#uses.get(id);
    if (used) used.count++;
    else this.#uses.set(id, { thing, count: 1 });
    return used === undefined;
  }

  /** True for the last. */
  release(id: string): boolean {
    const used = this.#uses.get(id);
    if (!used) throw new Error(`Cannot release ${id}: it is not in use`);
    if (--used.count > 0) return false;
    return this.#uses.delete(id);
  }

  *all(): IterableIterator<Thing> {
    for (const { thing } of this.#uses.values()) yield thing;
  }
}
