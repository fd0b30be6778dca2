/**
 * Who has which address: what the Services' statuses say, and what was just promised and does not stand there yet.
 * Each question costs the same however many Services there are.
 */
import { isDeepStrictEqual } from 'node:util';
import { balancerIPs, isLoadBalancer } from '../../api/core/service/loadBalancer.ts';
import type { Service } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import { parseAddress } from '../../lib/ip.ts';
import { type Family, familyOf } from '../endpoint.ts';
import { cursorOf, type Pool } from './pools.ts';
import { type Tenant, tenantOf } from './tenant.ts';

export interface Ledger {
  readonly pools: readonly Pool[];
  /** The addresses of a Service. */
  of(key: string): readonly string[];
  /** Writes down what is known of a Service now. True when somebody else could get more than before. */
  set(tenant: Tenant, addresses: readonly string[]): boolean;
  /** The Service has nothing. True as {@link Ledger.set}. */
  forget(key: string): boolean;
  /** Adds what the Service is about to be given. Whatever becomes of it, the next `set` tells. */
  promise(tenant: Tenant, addresses: readonly string[]): void;
  /** All that have the address. */
  at(address: string): Iterable<Tenant>;
  /** Addresses of Services with this sharing key, the lowest first. */
  sharedBy(sharingKey: string, family: Family): string[];
  /** The lowest that nobody has. */
  lowestFree(family: Family): string | undefined;
}

/** Writes down what a change of a Service says; true as {@link Ledger.set}. */
export function follow(ledger: Ledger, now: Service | undefined, before: Service | undefined): boolean {
  const service = now ?? before;
  if (!service) return false;
  const addresses = now && isLoadBalancer(now) ? balancerIPs(now) : [];
  return addresses.length > 0 ? ledger.set(tenantOf(service), addresses) : ledger.forget(keyOf(service));
}

interface Entry {
  tenant: Tenant;
  addresses: readonly string[];
}

export function createLedger(pools: readonly Pool[]): Ledger {
  const entries = new Map<string, Entry>();
  const holders = new Map<string, Map<string, Tenant>>();
  const groups = new Map<string, Set<string>>();
  const cursors = pools.map(cursorOf);

  function remove({ tenant: { key, sharingKey }, addresses }: Entry): void {
    entries.delete(key);
    if (sharingKey) leave(groups, sharingKey, key);
    for (const address of addresses) {
      if (!leave(holders, address, key)) continue;
      for (const cursor of cursors) cursor.freed(address);
    }
  }

  function add(entry: Entry): void {
    const { tenant, addresses } = entry;
    if (addresses.length === 0) return;
    entries.set(tenant.key, entry);
    if (tenant.sharingKey)
      groups.set(tenant.sharingKey, (groups.get(tenant.sharingKey) ?? new Set()).add(tenant.key));
    for (const address of addresses)
      holders.set(address, (holders.get(address) ?? new Map<string, Tenant>()).set(tenant.key, tenant));
  }

  function set(tenant: Tenant, addresses: readonly string[]): boolean {
    const before = entries.get(tenant.key);
    if (before && isDeepStrictEqual(before, { tenant, addresses })) return false;
    if (before) remove(before);
    add({ tenant, addresses });
    return before !== undefined;
  }

  function forget(key: string): boolean {
    const before = entries.get(key);
    if (before) remove(before);
    return before !== undefined;
  }

  return {
    pools,
    of: (key) => entries.get(key)?.addresses ?? [],
    set,
    forget,
    promise(tenant, addresses) {
      const held = entries.get(tenant.key)?.addresses ?? [];
      set(tenant, [...new Set([...held, ...addresses])]);
    },
    at: (address) => holders.get(address)?.values() ?? [],
    sharedBy(sharingKey, family) {
      const keys = [...(groups.get(sharingKey) ?? [])];
      const found = new Set(keys.flatMap((key) => entries.get(key)?.addresses ?? []));
      return [...found].filter((address) => familyOf(address) === family).toSorted(byValue);
    },
    lowestFree(family) {
      for (const cursor of cursors) {
        if (cursor.pool.family !== family) continue;
        const free = cursor.lowest((address) => holders.has(address));
        if (free !== undefined) return free;
      }
      return undefined;
    },
  };
}

/** True when the last one left. */
function leave(
  groups: Map<string, { delete(key: string): boolean; readonly size: number }>,
  name: string,
  key: string,
): boolean {
  const group = groups.get(name);
  group?.delete(key);
  return group?.size === 0 && groups.delete(name);
}

const byValue = (a: string, b: string): number => (parseAddress(a).value < parseAddress(b).value ? -1 : 1);
