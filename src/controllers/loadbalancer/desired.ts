/**
 * Which addresses a Service of type LoadBalancer should have: those that it asks for, else those that it has, else
 * one that it may share, else the lowest that is free. One for each of its families.
 */
import type { Service } from '../../api/types.ts';
import { type Family, familiesOf, familyOf } from '../endpoint.ts';
import type { Ledger } from './ledger.ts';
import { givenOutOf, isInPool } from './pools.ts';
import { requestOf } from './request.ts';
import { conflictOf, sharingAnnotation, type Tenant, tenantOf } from './tenant.ts';

export interface Desired {
  /** In the order of `spec.ipFamilies`. */
  addresses: string[];
  /** Why it does not have all that it wants, for people; empty when it does. */
  faults: string[];
  /** Why it loses one that it had, unless it asks for another. */
  losses: string[];
}

const nothing = (fault: string): Desired => ({ addresses: [], faults: [fault], losses: [] });

export function desired(service: Service, ledger: Ledger): Desired {
  const tenant = tenantOf(service);
  // Connections may last until the Service is gone.
  if (service.metadata.deletionTimestamp)
    return { addresses: [...ledger.of(tenant.key)], faults: [], losses: [] };
  const request = requestOf(service);
  if (typeof request === 'string') return nothing(request);
  const choices = familiesOf(service).map((family) => choose(tenant, family, request[family], ledger));
  const faults = choices.flatMap(({ fault }) => fault ?? []);
  const isPartial = service.spec?.ipFamilyPolicy === 'RequireDualStack' && faults.length > 0;
  return {
    addresses: isPartial ? [] : choices.flatMap(({ address }) => address ?? []),
    faults,
    losses: choices.flatMap(({ losses }) => losses ?? []),
  };
}

interface Choice {
  address?: string;
  fault?: string;
  losses?: string[];
}

function choose(tenant: Tenant, family: Family, asked: string | undefined, ledger: Ledger): Choice {
  if (asked !== undefined) {
    const fault = obstacle(tenant, asked, ledger);
    return fault === undefined ? { address: asked } : { fault };
  }
  const held = ledger.of(tenant.key).filter((address) => familyOf(address) === family);
  const kept = held.find((address) => obstacle(tenant, address, ledger) === undefined);
  if (kept !== undefined) return { address: kept };
  const losses = held.flatMap((address) => obstacle(tenant, address, ledger) ?? []);
  const address = shareable(tenant, family, ledger) ?? ledger.lowestFree(family);
  return { losses, ...(address === undefined ? { fault: exhausted(family, ledger) } : { address }) };
}

const shareable = (tenant: Tenant, family: Family, ledger: Ledger): string | undefined =>
  tenant.sharingKey === undefined
    ? undefined
    : ledger
        .sharedBy(tenant.sharingKey, family)
        .find((address) => obstacle(tenant, address, ledger) === undefined);

/** Why the Service cannot have this address. */
function obstacle(tenant: Tenant, address: string, ledger: Ledger): string | undefined {
  if (!ledger.pools.some((pool) => isInPool(pool, address))) {
    const ranges = ledger.pools.filter(({ family }) => family === familyOf(address)).map(givenOutOf);
    return `${address} is in no pool: ask for one of ${ranges.join(', ') || 'another family'}`;
  }
  for (const other of ledger.at(address)) {
    const conflict = other.key === tenant.key ? undefined : conflictOf(tenant, other);
    if (conflict) return `${address} is taken by ${other.key}: ${conflict}; or ask for another address`;
  }
  return undefined;
}

function exhausted(family: Family, { pools }: Ledger): string {
  const names = pools.filter((pool) => pool.family === family).map(({ name }) => name);
  if (names.length === 0) return `there is no pool of ${family} addresses: use a Service of another family`;
  return `no address is free in ${names.length > 1 ? 'the pools' : 'the pool'} ${names.join(', ')}: delete a Service that has one, or share one by the annotation ${sharingAnnotation}`;
}
