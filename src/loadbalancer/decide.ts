/** What this node takes and gives up. Pure. */
import type { Candidate } from './election.ts';
import { holderOf } from './election.ts';

export interface Situation {
  nodeName: string;
  /** Addresses that some node should hold, with who could: this node, if it may, and those that are alive. */
  wanted: ReadonlyMap<string, Iterable<Candidate>>;
  held: ReadonlySet<string>;
  /** Whether that other node says that it holds the address. */
  says: (node: string, address: string) => boolean;
  /** The others have had the time to be heard. */
  knowsOthers: boolean;
}

export interface Moves {
  take: string[];
  giveUp: string[];
}

/**
 * An address is taken before it is given up: who is to have it takes it, and says so; only then the one before
 * lets it go. So nobody waits for an address that changes hands.
 */
export function movesIn({ nodeName, wanted, held, says, knowsOthers }: Situation): Moves {
  const moves: Moves = { take: [], giveUp: [] };
  for (const address of held) if (!wanted.has(address)) moves.giveUp.push(address);
  if (!knowsOthers) return moves;
  for (const [address, candidates] of wanted) {
    const holder = holderOf(address, candidates);
    if (holder === nodeName) {
      if (!held.has(address)) moves.take.push(address);
    } else if (held.has(address) && (holder === undefined || says(holder, address))) {
      moves.giveUp.push(address);
    }
  }
  return moves;
}
