/** What of a Service is said about its load balancer. https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class */
import { canonical, isAddress } from '../../../lib/ip.ts';
import type { Service } from '../../types.ts';

/** The class of the cluster's own load balancers; a Service without a class is meant too. */
export const ownClass = 'switchboard.dev/lan';

export const isLoadBalancer = ({ spec }: Service): boolean => spec?.type === 'LoadBalancer';

export const isOurs = (service: Service): boolean =>
  isLoadBalancer(service) && [undefined, ownClass].includes(service.spec?.loadBalancerClass);

/** The addresses that stand in its status, in canonical text. */
export const balancerIPs = ({ status }: Service): string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }) => (isAddress(ip) ? canonical(ip) : []));
