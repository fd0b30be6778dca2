/** Repairs what Services and IPAddresses say of each other: missing objects are made again, leaked ones go. */
import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import { ipAddresses, type Resource, services } from '../../api/resource.ts';
import type { IPAddress, KubeObject, Service } from '../../api/types.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { addressesOf, addressOf, faultOf, isOurs, orphaned, serviceKeyOf } from './desired.ts';

export const ipAllocatorRepair: Controller = {
  name: 'ipallocator-repair-controller',
  concurrency: 2,
  start(context) {
    const known = context.watch(services, itself);
    const addresses = context.watch(ipAddresses, keysOf);
    return async (key) => {
      // The key of a Service has its namespace, an address has none.
      if (key.includes('/')) {
        const service = known.get(key);
        const missing = addressesOf(service).some((ip) => !isGood(addresses.get(ip), key));
        if (service && missing) await repair(context, service);
      } else {
        const address = addresses.get(key);
        const service = address && known.get(serviceKeyOf(address) ?? '');
        if (address && orphaned(address, service)) await cleanUp(context, address);
      }
    };
  },
};

/** An object that changed is itself in question, and so is the Service that it names or named. */
function keysOf(now: IPAddress | undefined, before: IPAddress | undefined): string[] {
  const parents = [now, before].map((address) => address && serviceKeyOf(address));
  return [...(now ? [now.metadata.name] : []), ...parents.filter((key) => key !== undefined)];
}

const isGood = (address: IPAddress | undefined, key: string): boolean =>
  address !== undefined && serviceKeyOf(address) === key && isOurs(address);

/** Two watches may lag behind each other, so that what looks wrong is asked of the server first. */
const read = async <T extends KubeObject>(
  { client }: Context,
  resource: Resource<T>,
  name: string,
  namespace?: string,
): Promise<T | undefined> => {
  try {
    return await client.get(resource, name, namespace);
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
};

const serviceOf = (context: Context, key: string | undefined): Promise<Service | undefined> => {
  const [namespace = '', name = ''] = key?.split('/') ?? [];
  return name ? read(context, services, name, namespace) : Promise.resolve(undefined);
};

async function repair(context: Context, { metadata }: Service): Promise<void> {
  const service = await read(context, services, metadata.name, metadata.namespace);
  for (const ip of addressesOf(service)) {
    if (!service) return;
    const found = await read(context, ipAddresses, ip);
    const other = found && (await serviceOf(context, serviceKeyOf(found)));
    const fault = faultOf(service, ip, found, other);
    if (!fault) continue;
    context.events.event(services, service, 'Warning', fault.reason, fault.message);
    if (fault.repair) await recreate(context, service, ip, found);
  }
}

async function recreate(context: Context, service: Service, ip: string, found: IPAddress | undefined) {
  if (found) await remove(context, found);
  try {
    await context.client.create(ipAddresses, addressOf(service, ip));
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
  }
}

async function cleanUp(context: Context, { metadata }: IPAddress): Promise<void> {
  const address = await read(context, ipAddresses, metadata.name);
  if (!address) return;
  const why = orphaned(address, await serviceOf(context, serviceKeyOf(address)));
  if (!why) return;
  context.events.event(ipAddresses, address, 'Warning', why.reason, why.message);
  await remove(context, address);
}

async function remove({ client }: Context, { metadata }: IPAddress): Promise<void> {
  const { name, uid = '' } = metadata;
  try {
    await client.delete(ipAddresses, { name }, { preconditions: { uid } });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
