/**
 * Which node holds an address. Every node works it out for itself and comes to the same result: the highest of
 * the hashes of the address with each node's name (rendezvous hashing). When a node goes only its addresses
 * move; when one comes only those move that it gets.
 * https://en.wikipedia.org/wiki/Rendezvous_hashing
 */

export interface Candidate {
  name: string;
  /** For how many of the Services at this address the node is good. */
  goodFor: number;
}

/** The name of the holder: one of those that are good for most. Undefined when there is nobody. */
export function holderOf(address: string, candidates: Iterable<Candidate>): string | undefined {
  let best: (Candidate & { weight: number }) | undefined;
  for (const { name, goodFor } of candidates) {
    const candidate = { name, goodFor, weight: weightOf(address, name) };
    if (!best || isBetter(candidate, best)) best = candidate;
  }
  return best?.name;
}

type Weighed = Candidate & { weight: number };

function isBetter(a: Weighed, b: Weighed): boolean {
  if (a.goodFor !== b.goodFor) return a.goodFor > b.goodFor;
  if (a.weight !== b.weight) return a.weight > b.weight;
  return a.name > b.name;
}

/** FNV-1a over both, then the finalizer of MurmurHash3: names that differ in one digit fall far apart. */
function weightOf(address: string, name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${address} ${name}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
