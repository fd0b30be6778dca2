/**
 * Gives addresses to Services of type LoadBalancer and takes them back. What stands in their status is the only
 * record. Which node answers at an address, and how packets come there, is for the nodes.
 */
import { isDeepStrictEqual } from 'node:util';
import { balancerIPs, isLoadBalancer, isOurs } from '../../api/core/service/loadBalancer.ts';
import { isNotFound } from '../../api/errors.ts';
import { services } from '../../api/resource.ts';
import type { Service } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import type { Context, Controller } from '../loop.ts';
import { desired } from './desired.ts';
import { createLedger, follow } from './ledger.ts';
import { poolOf } from './pools.ts';
import { tenantOf } from './tenant.ts';

export const loadBalancer: Controller = {
  // One at a time: two Services must not be given the same address.
  name: 'service-lb-controller',
  concurrency: 1,
  start(context) {
    const ledger = createLedger(context.config.loadBalancerPools.map(poolOf));
    /** Services that do not have what they want, and what was said of it. */
    const waiting = new Map<string, string>();

    const known = context.watch(services, (now, before) => {
      const service = (now ?? before) as Service;
      const key = keyOf(service);
      const had = ledger.of(key);
      const isFreed = follow(ledger, now, before);
      if (!now || !isOurs(now)) waiting.delete(key);
      // Its status was emptied by the write that changed its type.
      if (now && !isLoadBalancer(now)) tellOf(context, now, had, []);
      return [...(now && isOurs(now) ? [key] : []), ...(isFreed ? oldestFirst() : [])];
    });

    function oldestFirst(): string[] {
      const since = (key: string) => `${known.get(key)?.metadata.creationTimestamp} ${key}`;
      return [...waiting.keys()].toSorted((a, b) => (since(a) < since(b) ? -1 : 1));
    }

    /** Before anything else happens, so that no address comes free unnoticed. */
    function wait(service: Service, said: string): void {
      const key = keyOf(service);
      if (!said) return void waiting.delete(key);
      if (waiting.get(key) !== said)
        context.events.event(services, service, 'Warning', 'AllocationFailed', said);
      waiting.set(key, said);
    }

    return async (key) => {
      const service = known.get(key);
      if (!service || !isOurs(service)) return;
      const { addresses, faults, losses } = desired(service, ledger);
      wait(service, faults.join('; '));
      // Before it is written, since nobody else may have it whatever becomes of the write.
      ledger.promise(tenantOf(service), addresses);
      const had = balancerIPs(service);
      if (await write(context, service, addresses)) tellOf(context, service, had, addresses, losses);
    };
  },
};

/** True when something was to be written, and was. */
async function write({ client }: Context, service: Service, addresses: string[]): Promise<boolean> {
  const ingress = addresses.map((ip) => ({ ip, ipMode: 'VIP' }));
  const { ingress: before = [], ...rest } = service.status?.loadBalancer ?? {};
  if (isDeepStrictEqual(ingress, before)) return false;
  const balanced = ingress.length > 0 ? { ...rest, ingress } : rest;
  try {
    // Refused when the Service has changed since: then what it wants may be something else.
    await client.update(
      services,
      { ...service, status: { ...service.status, loadBalancer: balanced } },
      'status',
    );
    return true;
  } catch (err) {
    if (isNotFound(err)) return false;
    throw err;
  }
}

function tellOf(
  { events }: Context,
  service: Service,
  had: readonly string[],
  has: readonly string[],
  why: readonly string[] = [],
): void {
  const [lost, given] = [had.filter((ip) => !has.includes(ip)), has.filter((ip) => !had.includes(ip))];
  const tell = (reason: string, message: string) =>
    events.event(services, service, 'Normal', reason, message);
  if (lost.length > 0) tell('IPReleased', [`Released IP ${JSON.stringify(lost)}`, ...why].join(': '));
  if (given.length > 0) tell('IPAllocated', `Assigned IP ${JSON.stringify(given)}`);
}
