/** What of a Service matters to an address that it has or wants, and with whom it may share one. */
import { isOurs } from '../../api/core/service/loadBalancer.ts';
import type { Service } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';

/** Services with one value of it may have one address together. */
export const sharingAnnotation = 'switchboard.dev/allow-shared-ip';

export interface Tenant {
  /** `namespace/name` of the Service. */
  key: string;
  sharingKey?: string;
  /** `80/TCP` */
  ports: readonly string[];
  /** Under `externalTrafficPolicy: Local` only a node that has its pods can have the address. */
  isLocal: boolean;
  /** Equal for Services that select the same pods. */
  pods: string;
}

export function tenantOf(service: Service): Tenant {
  const { metadata, spec = {} } = service;
  const sharingKey = isOurs(service) && metadata.annotations?.[sharingAnnotation];
  return {
    key: keyOf(service),
    ...(sharingKey && { sharingKey }),
    ports: (spec.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`),
    isLocal: spec.externalTrafficPolicy === 'Local',
    pods: podsOf(service),
  };
}

/** What a Service without a selector leads to is nobody else's. */
function podsOf({ metadata, spec = {} }: Service): string {
  const selector = Object.entries(spec.selector ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { namespace, name } = metadata;
  return JSON.stringify(selector.length > 0 ? [namespace, selector] : [namespace, name]);
}

/**
 * Why the two cannot have one address; undefined when they can.
 * https://metallb.io/usage/#ip-address-sharing
 */
export function conflictOf(one: Tenant, other: Tenant): string | undefined {
  if (one.sharingKey === undefined || one.sharingKey !== other.sharingKey)
    return `to share it, give both Services the annotation ${sharingAnnotation} with one value`;
  const port = one.ports.find((p) => other.ports.includes(p));
  if (port) return `both have port ${port}, and Services that share an address need ports of their own`;
  if ((one.isLocal || other.isLocal) && one.pods !== other.pods)
    return 'with externalTrafficPolicy Local in one of them, Services that share an address need the same selector';
  return undefined;
}
