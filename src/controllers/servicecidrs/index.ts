/** Keeps the ServiceCIDR that the cluster begins with, says of each whether it is Ready, and lets deleted ones go. */
import { isDeepStrictEqual } from 'node:util';
import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import { ipAddresses, serviceCIDRs } from '../../api/resource.ts';
import type { ServiceCIDR } from '../../api/types.ts';
import type { Informer } from '../../client/contract.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import {
  comparedWith,
  conditionsOf,
  defaultName,
  finalizer,
  inconsistent,
  isDeleted,
  isNeeded,
} from './desired.ts';

export const serviceCIDRController: Controller = {
  name: 'service-cidr-controller',
  // A Service that goes has an address of each family.
  restMs: 20,
  start(context) {
    const waiting = (): string[] => [...known.list()].filter(isDeleted).map(({ metadata }) => metadata.name);
    // What stays may have the addresses that a deleted one waits for.
    const known: Informer<ServiceCIDR> = context.watch(serviceCIDRs, (now, before) => [
      ...itself(now, before),
      ...waiting(),
    ]);
    context.watch(ipAddresses, (now) => (now ? [] : waiting()));
    context.add(defaultName);
    return async (key) => {
      const cidr = known.get(key);
      if (!cidr) return key === defaultName ? makeDefault(context) : undefined;
      if (isDeleted(cidr)) return letGo(context, cidr, [...known.list()]);
      if (key === defaultName && (await isExtended(context, cidr))) return;
      await hold(context, cidr);
    };
  },
};

async function makeDefault({ client, config }: Context): Promise<void> {
  try {
    await client.create(serviceCIDRs, {
      metadata: { name: defaultName, finalizers: [finalizer] },
      spec: { cidrs: [...config.serviceCIDRs] },
    });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
  }
}

/** A cluster that has become dual-stack gets its second range here; that it changed is seen again. */
async function isExtended(context: Context, cidr: ServiceCIDR): Promise<boolean> {
  const cidrs = context.config.serviceCIDRs;
  const compared = comparedWith(cidr, cidrs);
  if (compared === 'first of two') {
    await context.client.update(serviceCIDRs, { ...cidr, spec: { cidrs: [...cidrs] } });
    return true;
  }
  if (compared === 'different') {
    const { reason, message } = inconsistent(cidr, cidrs);
    context.events.event(serviceCIDRs, cidr, 'Warning', reason, message);
  }
  return false;
}

async function hold(context: Context, cidr: ServiceCIDR): Promise<void> {
  const finalizers = cidr.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return tell(context, cidr);
  // The condition is written when this change is seen.
  const metadata = { ...cidr.metadata, finalizers: [...finalizers, finalizer] };
  await context.client.update(serviceCIDRs, { ...cidr, metadata });
}

async function letGo(context: Context, cidr: ServiceCIDR, all: readonly ServiceCIDR[]): Promise<void> {
  const finalizers = cidr.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) return;
  // Asked of the server, whose answer no watch lags behind: what goes here cannot be had back.
  const { items } = await context.client.list(ipAddresses);
  if (isNeeded(cidr, all, items)) return tell(context, cidr);
  const metadata = { ...cidr.metadata, finalizers: finalizers.filter((f) => f !== finalizer) };
  await context.client.update(serviceCIDRs, { ...cidr, metadata }).catch(unlessGone);
}

async function tell({ client, clock }: Context, cidr: ServiceCIDR): Promise<void> {
  const conditions = conditionsOf(cidr, clock.now());
  if (isDeepStrictEqual(conditions, cidr.status?.conditions)) return;
  const status = { ...cidr.status, conditions };
  await client.update(serviceCIDRs, { ...cidr, status }, 'status').catch(unlessGone);
}

function unlessGone(err: unknown): void {
  if (!isNotFound(err)) throw err;
}
