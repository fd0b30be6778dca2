/** What a Service says that means nothing here: words to the load balancers of clouds and of other projects. */

import { isLoadBalancer, isOurs } from '../../api/core/service/loadBalancer.ts';
import type { Service } from '../../api/types.ts';

/** Prefixes of annotations that only a cloud's or another project's controller acts upon. */
const foreign = [
  'service.beta.kubernetes.io/',
  'service.kubernetes.io/ibm-',
  'service.kubernetes.io/qcloud-',
  'cloud.google.com/',
  'networking.gke.io/',
  'load-balancer.hetzner.cloud/',
  'loadbalancer.openstack.org/',
  'loadbalancer.ovhcloud.com/',
  'kubernetes.io/elb.',
  'service.cloud.tencent.com/',
  'oci.oraclecloud.com/',
  'oci-network-load-balancer.oraclecloud.com/',
  'metallb.universe.tf/',
  'metallb.io/',
  'kube-vip.io/',
  'lbipam.cilium.io/',
  'io.cilium/',
  'purelb.io/',
  'eip.openelb.kubesphere.io/',
  'lb.kubesphere.io/',
] as const;

/** Annotations that nothing acts upon, in order. */
export function ignoredOf(service: Service): string[] {
  // Whoever has the class of somebody else's load balancer speaks to that.
  if (isLoadBalancer(service) && !isOurs(service)) return [];
  const annotations = Object.keys(service.metadata.annotations ?? {});
  return annotations.filter((key) => foreign.some((prefix) => key.startsWith(prefix))).sort();
}
