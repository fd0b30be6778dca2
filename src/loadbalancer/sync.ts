/**
 * Holds the addresses of LoadBalancer Services that are this node's to hold. The nodes agree without asking
 * anybody: each hears who is alive, and works out the same. Thin: what to do is decided in `decide.ts`.
 */
import { addressesOf } from './addresses.ts';
import { Holder, type HolderOptions } from './holder.ts';

export interface LoadBalancer {
  /** The kernel keeps the addresses that are held. */
  stop(): void;
}

export function startLoadBalancer(options: HolderOptions): LoadBalancer {
  const { services, slices, nodes } = options;
  const holder = new Holder(options);
  services.onChange((now, before) => {
    if ([now, before].some((service) => service && addressesOf(service).length > 0)) holder.schedule();
  });
  slices.onChange((now, before) => {
    const slice = now ?? before;
    if (slice && holder.isConcernedBy(slice)) holder.schedule();
  });
  nodes.onChange(() => holder.schedule());
  void Promise.all([services.synced, slices.synced, nodes.synced]).then(() => holder.seeCluster());
  holder.schedule();
  return { stop: () => holder.stop() };
}
