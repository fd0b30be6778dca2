/**
 * What a Service says that means nothing here: words to the load balancers of clouds and of other projects,
 * and fields that nothing in this cluster reads.
 */
import type { Service } from '../../api/types.ts';

/** Prefixes of annotations that only a cloud's or another project's controller acts upon, and those of hints. */
const foreign = [
  'service.kubernetes.io/topology-',
  'service.beta.kubernetes.io/',
  'service.kubernetes.io/ibm-',
  'service.kubernetes.io/qcloud-',
  'cloud.google.com/',
  'networking.gke.io/',
  'load-balancer.hetzner.cloud/',
  'loadbalancer.openstack.org/',
  'oci.oraclecloud.com/',
  'oci-network-load-balancer.oraclecloud.com/',
  'metallb.universe.tf/',
  'metallb.io/',
  'kube-vip.io/',
] as const;

/** Fields that are validated and kept; whoever makes one of them work takes it out. */
const unread = [
  'externalIPs',
  'healthCheckNodePort',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'trafficDistribution',
] as const;

export interface Ignored {
  /** In order. */
  annotations: string[];
  fields: string[];
}

export function ignoredOf({ metadata, spec = {} }: Service): Ignored {
  const annotations = Object.keys(metadata.annotations ?? {});
  return {
    annotations: annotations.filter((key) => foreign.some((prefix) => key.startsWith(prefix))).sort(),
    fields: unread.filter((field) => saysSomething(spec[field])).map((field) => `spec.${field}`),
  };
}

const saysSomething = (value: string | readonly string[] | number | undefined): boolean =>
  typeof value === 'number' ? value > 0 : Boolean(value?.length);

/** What people are told, by reason. */
export function messagesOf({ annotations, fields }: Ignored): [reason: string, message: string][] {
  const [notes, names] = [annotations.join(', '), fields.join(', ')];
  return [
    ...(notes
      ? [['IgnoredAnnotations', `accepted, but nothing acts upon: ${notes}`] as [string, string]]
      : []),
    ...(names ? [['IgnoredFields', `accepted, but nothing acts upon: ${names}`] as [string, string]] : []),
  ];
}
