/** The chains that pods of this node are sent through, and with them the sets that the chains look at. */
import type { PeerSets } from './peerSets.ts';
import type { PodEntry } from './pods.ts';
import type { PolicyChain } from './rules.ts';
import { commands } from './table.ts';

interface Used {
  chain: PolicyChain;
  uses: number;
  isInKernel: boolean;
}

export class Chains {
  readonly #sets: PeerSets;
  readonly #chains = new Map<string, Used>();

  constructor(sets: PeerSets) {
    this.#sets = sets;
  }

  use(chain: PolicyChain, pods: ReadonlyMap<string, PodEntry>): void {
    const used = this.#chains.get(chain.name) ?? { chain, uses: 0, isInKernel: false };
    this.#chains.set(chain.name, used);
    if (used.uses++ === 0) for (const set of chain.sets) this.#sets.use(set, pods);
  }

  release({ name }: PolicyChain): void {
    const used = this.#chains.get(name);
    if (used && --used.uses === 0) for (const set of used.chain.sets) this.#sets.release(set);
  }

  /** Chains are made before the entries that lead to them, and go after them. */
  changes(): { made: string[]; unmade: string[] } {
    const changes: { made: string[]; unmade: string[] } = { made: [], unmade: [] };
    for (const [name, used] of this.#chains) {
      if (used.uses > 0) {
        if (!used.isInKernel) changes.made.push(...commandsOf(used.chain));
        used.isInKernel = true;
        continue;
      }
      this.#chains.delete(name);
      if (used.isInKernel) changes.unmade.push(commands.deleteChain(name));
    }
    return changes;
  }

  all(): string[] {
    return [...this.#chains.values()].flatMap(({ chain }) => commandsOf(chain));
  }
}

const commandsOf = ({ name, rules }: PolicyChain): string[] => [
  commands.addChain(name),
  ...rules.map((rule) => commands.addRule(name, rule)),
];
