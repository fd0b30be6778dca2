/** The sets that chains look at, each with the pods that are in it. */
import { Contents } from './contents.ts';
import type { LabelsOf } from './evaluate.ts';
import type { PodEntry } from './pods.ts';
import { elementsOf, type PodSet, typeOf } from './sets.ts';
import { commands } from './table.ts';

interface Kept {
  set: PodSet;
  uses: number;
  isInKernel: boolean;
  contents: Contents;
  /** By pod: what it gives to the set. */
  given: Map<string, string[]>;
}

type Step = 'made' | 'deletions' | 'additions' | 'unmade';

export class PeerSets {
  readonly #labelsOf: LabelsOf;
  readonly #sets = new Map<string, Kept>();

  constructor(labelsOf: LabelsOf) {
    this.#labelsOf = labelsOf;
  }

  /** A set that nobody used begins with all pods that belong to it. */
  use(set: PodSet, pods: Iterable<[string, PodEntry]>): void {
    const kept = this.#sets.get(set.name);
    if (kept) {
      kept.uses++;
      return;
    }
    const fresh = { set, uses: 1, isInKernel: false, contents: new Contents(set.name), given: new Map() };
    this.#sets.set(set.name, fresh);
    for (const [key, pod] of pods) this.#give(fresh, key, pod);
  }

  release(set: PodSet): void {
    const kept = this.#sets.get(set.name);
    if (kept) kept.uses--;
  }

  /** A pod came, changed or (undefined) went. */
  follow(key: string, pod: PodEntry | undefined): void {
    for (const kept of this.#sets.values()) this.#give(kept, key, pod);
  }

  #give({ set, contents, given }: Kept, key: string, pod: PodEntry | undefined): void {
    const before = given.get(key) ?? [];
    const after = pod ? elementsOf(pod, set, this.#labelsOf) : [];
    for (const element of after) contents.hold(element);
    for (const element of before) contents.release(element);
    if (after.length > 0) given.set(key, after);
    else given.delete(key);
  }

  /** Sets are made before the chains that look at them, and go after them. */
  changes(): Record<Step, string[]> {
    const all: Record<Step, string[]> = { made: [], deletions: [], additions: [], unmade: [] };
    for (const [name, kept] of this.#sets) {
      const changes = kept.contents.changes();
      if (kept.uses === 0) {
        this.#sets.delete(name);
        if (kept.isInKernel) all.unmade.push(commands.deleteSet(name));
      } else if (kept.isInKernel) {
        all.deletions.push(...changes.deletions);
        all.additions.push(...changes.additions);
      } else {
        kept.isInKernel = true;
        all.made.push(commands.addSet(name, typeOf(kept.set)), ...kept.contents.all());
      }
    }
    return all;
  }

  all(): string[] {
    return [...this.#sets.values()].flatMap(({ set, contents }) => [
      commands.addSet(set.name, typeOf(set)),
      ...contents.all(),
    ]);
  }
}
