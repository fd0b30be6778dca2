import type { EndpointSlice } from '../../types.ts';

/** `namespace/name` of the Service that a slice is of. */
export function serviceOf({ metadata }: EndpointSlice): string | undefined {
  const name = metadata.labels?.['kubernetes.io/service-name'];
  return name === undefined ? undefined : `${metadata.namespace}/${name}`;
}
