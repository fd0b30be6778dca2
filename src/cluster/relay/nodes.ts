/** At which addresses nodes are dialled. Pure. */
import { internalIPs } from '../../api/core/node/addresses.ts';
import type { Node } from '../../api/types.ts';
import { type Family, familyOf } from '../../lib/ip.ts';

/** Ready nodes first; all that the cluster was made with while no node is known. */
export function addressesOf(known: readonly Node[], made: readonly string[], family: Family): string[] {
  const ready = known.filter(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  const isOfFamily = (address: string) => familyOf(address) === family;
  const addresses = (ready.length > 0 ? ready : known).flatMap(internalIPs).filter(isOfFamily);
  return addresses.length > 0 ? addresses : made.filter(isOfFamily);
}
