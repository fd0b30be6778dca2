import type { NetworkPolicy } from '../../types.ts';

/** A policy that does not say so is about what comes in, and about what goes out when it has rules for that. */
export function defaultNetworkPolicy({ spec }: NetworkPolicy): void {
  if (!spec || spec.policyTypes?.length) return;
  spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}
