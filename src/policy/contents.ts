/** The elements of one set or map of the kernel, and what changed of them since the last transaction. */
import type { Element } from '../nft/transaction.ts';
import { commands } from './table.ts';

export class Contents {
  readonly name: string;
  readonly #elements = new Map<string, { value: string; holders: number }>();
  /** What stands in the kernel of those that were touched; undefined is "not there". */
  #before = new Map<string, string | undefined>();

  constructor(name: string) {
    this.name = name;
  }

  /** The same element may be held by two: an address passes from one pod to the next. A set's value is empty. */
  hold(key: string, value = ''): void {
    this.#touch(key);
    const holders = this.#elements.get(key)?.holders ?? 0;
    this.#elements.set(key, { value, holders: holders + 1 });
  }

  release(key: string): void {
    this.#touch(key);
    const element = this.#elements.get(key);
    if (!element) throw new Error(`Cannot release ${this.name} { ${key} }: nobody holds it`);
    if (--element.holders === 0) this.#elements.delete(key);
  }

  #touch(key: string): void {
    if (!this.#before.has(key)) this.#before.set(key, this.#elements.get(key)?.value);
  }

  /** Deletions and additions since this was last asked. */
  changes(): { deletions: string[]; additions: string[] } {
    const [gone, come]: [Element[], Element[]] = [[], []];
    for (const [key, before] of this.#before) {
      const after = this.#elements.get(key)?.value;
      if (before === after) continue;
      if (before !== undefined) gone.push({ key });
      if (after !== undefined) come.push(elementOf(key, after));
    }
    this.#before = new Map();
    return {
      deletions: gone.length > 0 ? [commands.deleteElements(this.name, gone)] : [],
      additions: come.length > 0 ? [commands.addElements(this.name, come)] : [],
    };
  }

  /** Everything, for a set that is new. */
  all(): string[] {
    const elements = Array.from(this.#elements, ([key, { value }]) => elementOf(key, value));
    return elements.length > 0 ? [commands.addElements(this.name, elements)] : [];
  }
}

const elementOf = (key: string, value: string): Element => (value === '' ? { key } : { key, value });
