/**
 * Whether an IPAddress and its Service say the same of each other. Both are written together, so they
 * differ only when somebody changed one by hand, or when a store is older than the objects.
 */
import { services } from '../../api/resource.ts';
import type { IPAddress, Service } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { canonical, isAddress } from '../../lib/ip.ts';
import { type Family, familyOf } from '../endpoint.ts';

const familyLabel = 'ipaddress.kubernetes.io/ip-family';
const managerLabel = 'ipaddress.kubernetes.io/managed-by';
const manager = 'ipallocator.k8s.io';

export interface Finding {
  reason: string;
  message: string;
}

export const addressesOf = (service: Service | undefined): string[] =>
  (service?.spec?.clusterIPs ?? []).filter(isAddress).map(canonical);

/** The key of the Service that the object names, if it names one. */
export function serviceKeyOf({ spec }: IPAddress): string | undefined {
  const { group = '', resource, namespace = '', name } = spec?.parentRef ?? {};
  return group === '' && resource === services.plural ? `${namespace}/${name}` : undefined;
}

export const isOurs = ({ metadata }: IPAddress): boolean => metadata.labels?.[managerLabel] === manager;

const keyOf = ({ metadata }: Service): string => `${metadata.namespace}/${metadata.name}`;

export const addressOf = (service: Service, ip: string): Draft<IPAddress> => ({
  metadata: { name: ip, labels: { [familyLabel]: familyOf(ip), [managerLabel]: manager } },
  spec: {
    parentRef: {
      resource: services.plural,
      namespace: service.metadata.namespace ?? '',
      name: service.metadata.name,
    },
  },
});

/** What is wrong with the object of an address that the Service has; `other` is the Service that it names. */
export function faultOf(
  service: Service,
  ip: string,
  found: IPAddress | undefined,
  other: Service | undefined,
): (Finding & { repair: boolean }) | undefined {
  const family: Family = familyOf(ip);
  const not = (message: string) => ({ reason: 'ClusterIPNotAllocated', message, repair: true });
  if (!found) return not(`Cluster IP [${family}]: ${ip} is not allocated; repairing`);
  if (serviceKeyOf(found) === keyOf(service))
    return isOurs(found) && found.metadata.labels?.[familyLabel] === family
      ? undefined
      : not(`the ClusterIP [${family}]: ${ip} for Service ${keyOf(service)} has wrong labels; repairing`);
  if (addressesOf(other).includes(ip))
    return {
      reason: 'ClusterIPAlreadyAllocated',
      message: `Cluster IP [${family}]: ${ip} was assigned to multiple services; please recreate service`,
      repair: false,
    };
  return not(
    `the ClusterIP [${family}]: ${ip} for Service ${keyOf(service)} has a wrong reference; repairing`,
  );
}

/** Why an object of the allocator should go; `service` is the one that it names. */
export function orphaned(address: IPAddress, service: Service | undefined): Finding | undefined {
  if (!isOurs(address)) return undefined;
  const { name } = address.metadata;
  const key = serviceKeyOf(address);
  if (key === undefined)
    return {
      reason: 'IPAddressNotAllocated',
      message: `IPAddress ${name} appears to have been modified, not referencing a Service: cleaning up`,
    };
  if (!service)
    return {
      reason: 'IPAddressNotAllocated',
      message: `IPAddress: ${name} for Service ${key} appears to have leaked: cleaning up`,
    };
  if (addressesOf(service).includes(name)) return undefined;
  return {
    reason: 'IPAddressWrongReference',
    message: `IPAddress: ${name} for Service ${key} has a wrong reference; cleaning up`,
  };
}
