/** What clients hear of an EndpointSlice that is good, in Kubernetes' words. */
import type { EndpointSlice } from '../../types.ts';
import { addressWarnings } from '../../validate/addresses.ts';

const managedBy = 'endpointslice.kubernetes.io/managed-by';
/** They write a thousand addresses at a time, and write them well. */
const careful: readonly (string | undefined)[] = [
  'endpointslice-controller.k8s.io',
  'endpointslicemirroring-controller.k8s.io',
];

export function warningsOfEndpointSlice({ metadata, addressType, endpoints = [] }: EndpointSlice): string[] {
  // The field is not below spec; Kubernetes says so all the same.
  if (addressType === 'FQDN') return ['spec.addressType: FQDN endpoints are deprecated'];
  if (careful.includes(metadata.labels?.[managedBy])) return [];
  return endpoints.flatMap(({ addresses }, i) =>
    addresses.flatMap((address, j) => addressWarnings(`endpoints[${i}].addresses[${j}]`, address)),
  );
}
