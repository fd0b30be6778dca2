/** The files in /etc that the kubelet writes for a pod. */
import type { Pod } from '../../../api/types.ts';

const longestHostname = 63;
/** Of the kernel. https://man7.org/linux/man-pages/man7/hostname.7.html */
const longestNodename = 64;

/**
 * What `hostname` says: `spec.hostname` or the pod's name; the whole domain name with `setHostnameAsFQDN`. On the
 * node's network it is the node's.
 */
export function podHostname(pod: Pod, clusterDomain: string, ofNode: string): string {
  if (pod.spec?.hostNetwork) return ofNode;
  const fqdn = podDomainName(pod, clusterDomain);
  if (!pod.spec?.setHostnameAsFQDN || !fqdn) return shortName(pod);
  if (fqdn.length > longestNodename)
    throw new Error(
      `failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (${longestNodename} characters is the max, ${fqdn.length} characters requested)`,
    );
  return fqdn;
}

function shortName({ metadata, spec }: Pod): string {
  return (
    spec?.hostnameOverride ??
    (spec?.hostname ?? metadata.name).slice(0, longestHostname).replace(/[-.]+$/, '')
  );
}

/** Only pods with a subdomain have one, and none whose hostname is not the one that DNS has. */
function podDomainName(pod: Pod, clusterDomain: string): string | undefined {
  const { subdomain, hostnameOverride } = pod.spec ?? {};
  if (!subdomain || hostnameOverride !== undefined) return undefined;
  return `${shortName(pod)}.${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}`;
}

/** https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/ */
export function hostsFile(
  pod: Pod,
  podIPs: readonly string[],
  clusterDomain: string,
  nodeHosts: string,
): string {
  const aliases = (pod.spec?.hostAliases ?? []).map(
    ({ ip, hostnames }) => `${ip}\t${(hostnames ?? []).join('\t')}`,
  );
  const added = aliases.length === 0 ? [] : ['', '# Entries added by HostAliases.', ...aliases];
  if (pod.spec?.hostNetwork)
    return `${['# Kubernetes-managed hosts file (host network).', nodeHosts.trimEnd(), ...added].join('\n')}\n`;
  const fqdn = podDomainName(pod, clusterDomain);
  const names = fqdn ? `${fqdn}\t${shortName(pod)}` : shortName(pod);
  return `${[
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...podIPs.map((ip) => `${ip}\t${names}`),
    ...added,
  ].join('\n')}\n`;
}

export interface DnsSettings {
  clusterDNS: readonly string[];
  clusterDomain: string;
  /** The node's own /etc/resolv.conf. */
  nodeResolvConf: string;
}

interface Resolver {
  nameservers: string[];
  searches: string[];
  options: string[];
}

/** What the C library takes of a resolv.conf. https://man7.org/linux/man-pages/man5/resolv.conf.5.html */
const mostNameservers = 3;
/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#dns-search-domain-list-limits */
const mostSearches = 32;
const longestSearchList = 2048;

export interface ResolvConf {
  text: string;
  /** What had to be left out, in the kubelet's words. */
  omissions: string[];
}

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
export function resolvConf(pod: Pod, settings: DnsSettings): ResolvConf {
  const base = byPolicy(pod, settings);
  const own = pod.spec?.dnsConfig;
  const unique = (list: string[]) => [...new Set(list)];
  const nameservers = unique([...base.nameservers, ...(own?.nameservers ?? [])]);
  const searches = unique([...base.searches, ...(own?.searches ?? [])]);
  const options = new Map(base.options.map((option) => [option.split(':')[0] ?? '', option]));
  for (const { name = '', value } of own?.options ?? []) options.set(name, value ? `${name}:${value}` : name);
  const asked = nameservers.slice(0, mostNameservers);
  const searched = searches.slice(0, mostSearches);
  while (searched.join(' ').length > longestSearchList) searched.pop();
  return {
    text: [
      ...(searched.length > 0 ? [`search ${searched.join(' ')}`] : []),
      ...asked.map((address) => `nameserver ${address}`),
      ...(options.size > 0 ? [`options ${[...options.values()].join(' ')}`] : []),
      '',
    ].join('\n'),
    omissions: [
      ...(asked.length < nameservers.length
        ? [
            `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${asked.join(' ')}`,
          ]
        : []),
      ...(searched.length < searches.length
        ? [
            `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${searched.join(' ')}`,
          ]
        : []),
    ],
  };
}

function byPolicy(pod: Pod, { clusterDNS, clusterDomain, nodeResolvConf }: DnsSettings): Resolver {
  const { dnsPolicy = 'ClusterFirst', hostNetwork } = pod.spec ?? {};
  if (dnsPolicy === 'None') return { nameservers: [], searches: [], options: [] };
  const ofNode = readResolvConf(nodeResolvConf);
  const cluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork);
  if (!cluster || clusterDNS.length === 0) return ofNode;
  const namespace = pod.metadata.namespace;
  return {
    nameservers: [...clusterDNS],
    searches: [
      `${namespace}.svc.${clusterDomain}`,
      `svc.${clusterDomain}`,
      clusterDomain,
      ...ofNode.searches,
    ],
    options: ['ndots:5'],
  };
}

function readResolvConf(text: string): Resolver {
  const words = text.split('\n').map((line) =>
    line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/),
  );
  const after = (keyword: string) => words.filter(([first]) => first === keyword).map(([, ...rest]) => rest);
  return {
    nameservers: after('nameserver').flat(),
    searches: after('search').at(-1) ?? [],
    options: after('options').flat(),
  };
}
