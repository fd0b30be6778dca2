/**
 * All service ranges together. A ServiceCIDR adds its ranges as long as it is not deleted; ranges may
 * overlap, and an address is taken in all that contain it. It is taken by the Service that has it, by an
 * IPAddress object of its name, or by both.
 * https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/
 */
import { canonical, contains, parseAddress } from '../../../lib/ip.ts';
import { type AddressRange, addressRange, type IPFamily } from './ranges.ts';

export interface Addresses {
  /** Takes this one for a Service; says in Kubernetes' words why not. */
  take(ip: string): string | undefined;
  /** `undefined` when all ranges of the family are full. */
  takeAny(family: IPFamily): string | undefined;
  /** A stored Service has it, in a range or not. */
  occupy(ip: string): void;
  /** The Service gives it back, and with it the IPAddress object of which it is the parent. */
  release(ip: string, owner?: string): void;
  /** There is an IPAddress object of this name; `owner` is its parent. */
  reserve(ip: string, owner: string): void;
  unreserve(ip: string): void;
  /** The ranges of a ServiceCIDR; one that is not ready gives no more addresses. */
  setRanges(name: string, cidrs: readonly string[], ready: boolean): void;
  removeRanges(name: string): void;
}

interface Part {
  readonly range: AddressRange;
  /** The ServiceCIDRs that have this range, and whether they give addresses. */
  readonly owners: Map<string, boolean>;
}

const taken = 'provided IP is already allocated';

export function createAddresses(random: () => number): Addresses {
  const parts = new Map<string, Part>();
  const held = new Set<string>();
  const reserved = new Map<string, string>();

  const isTaken = (ip: string) => held.has(ip) || reserved.has(ip);
  const containing = (ip: string): Part[] => {
    const address = parseAddress(ip);
    return [...parts.values()].filter(({ range }) => contains(range.cidr, address));
  };
  const isReady = ({ owners }: Part) => [...owners.values()].includes(true);
  const mark = (ip: string) => {
    for (const { range } of containing(ip)) range.take(ip);
  };
  const unmark = (ip: string) => {
    if (!isTaken(ip)) for (const { range } of containing(ip)) range.release(ip);
  };
  const occupy = (ip: string) => {
    held.add(ip);
    mark(ip);
  };

  const addRange = (cidr: string): Part => {
    const range = addressRange(cidr, random);
    const part: Part = { range, owners: new Map() };
    parts.set(cidr, part);
    for (const ip of [...held, ...reserved.keys()])
      if (contains(range.cidr, parseAddress(ip))) range.take(ip);
    return part;
  };
  const dropRange = (cidr: string, part: Part, name: string) => {
    part.owners.delete(name);
    if (part.owners.size === 0) parts.delete(cidr);
  };

  return {
    take(text) {
      const ip = canonical(text);
      const [first] = containing(ip).filter(isReady);
      if (!first) return 'the provided network does not match the current range';
      if (isTaken(ip)) return taken;
      const why = first.range.take(ip);
      if (why) return why;
      occupy(ip);
      return undefined;
    },
    takeAny(family) {
      for (const part of parts.values()) {
        if (part.range.family !== family || !isReady(part)) continue;
        const ip = part.range.takeAny();
        if (ip === undefined) continue;
        occupy(ip);
        return ip;
      }
      return undefined;
    },
    occupy: (ip) => occupy(canonical(ip)),
    release(text, owner) {
      const ip = canonical(text);
      held.delete(ip);
      if (owner !== undefined && reserved.get(ip) === owner) reserved.delete(ip);
      unmark(ip);
    },
    reserve(ip, owner) {
      reserved.set(ip, owner);
      mark(ip);
    },
    unreserve(ip) {
      reserved.delete(ip);
      unmark(ip);
    },
    setRanges(name, cidrs, ready) {
      for (const [cidr, part] of parts)
        if (part.owners.has(name) && !cidrs.includes(cidr)) dropRange(cidr, part, name);
      for (const cidr of cidrs) (parts.get(cidr) ?? addRange(cidr)).owners.set(name, ready);
    },
    removeRanges(name) {
      for (const [cidr, part] of parts) dropRange(cidr, part, name);
    },
  };
}
