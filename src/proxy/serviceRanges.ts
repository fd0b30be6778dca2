/** Which ranges Services have their addresses of, as the cluster's ServiceCIDRs say. */
import type { ServiceCIDR } from '../api/types.ts';
import type { Informer } from '../client/contract.ts';
import { outermost } from '../lib/ip.ts';

/**
 * Tells the ranges whenever they have become others. Those of a ServiceCIDR that is deleted stay until it is
 * gone, because addresses of them are in use.
 */
export function followServiceRanges(
  known: Informer<ServiceCIDR>,
  configured: readonly string[],
  tell: (now: readonly string[], gone: readonly string[]) => void,
): void {
  let told = outermost(configured);
  const look = () => {
    const all = [...known.list()].flatMap(({ spec }) => spec?.cidrs ?? []);
    const now = outermost([...configured, ...all]);
    if (now.join() === told.join()) return;
    const gone = told.filter((range) => !now.includes(range));
    told = now;
    tell(now, gone);
  };
  known.onChange(() => {
    if (known.hasSynced) look();
  });
  void known.synced.then(look);
}
