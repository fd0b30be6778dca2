/** What ServiceCIDR and IPAddress objects say about the ranges. */
import type { IPAddress, ServiceCIDR } from '../../../api/types.ts';
import { canonical, isAddress } from '../../../lib/ip.ts';
import type { Undo } from '../contract.ts';
import type { Addresses } from './addresses.ts';

/** The ServiceCIDR that a cluster begins with. */
export const defaultName = 'kubernetes';

/** Taken away by its controller when no address of the ranges is in use any more. */
const finalizer = 'networking.k8s.io/service-cidr-finalizer';

/** So that no ServiceCIDR goes in the moment between its creation and its controller. */
export function protect({ metadata }: ServiceCIDR): void {
  if (!metadata.finalizers?.includes(finalizer))
    metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
}

export function followRanges(addresses: Addresses, { metadata, spec }: ServiceCIDR): void {
  addresses.setRanges(metadata.name, spec?.cidrs ?? [], metadata.deletionTimestamp === undefined);
}

/** No more addresses of these ranges; undone when the delete fails. */
export function holdBack(addresses: Addresses, cidr: ServiceCIDR): Undo {
  addresses.setRanges(cidr.metadata.name, cidr.spec?.cidrs ?? [], false);
  return () => followRanges(addresses, cidr);
}

export function followAddress(addresses: Addresses, { metadata, spec }: IPAddress): void {
  if (!isAddress(metadata.name)) return;
  const { group = '', resource, namespace = '', name } = spec?.parentRef ?? {};
  const owner = group === '' && resource === 'services' ? `${namespace}/${name}` : '';
  addresses.reserve(canonical(metadata.name), owner);
}
