/** What `switchboard proxy` was told, in the words of kube-proxy's options. Pure. */
import { formatCidr, isAddress, parseCidr } from '../lib/ip.ts';
import type { BindAddress } from '../proxy/health/http.ts';

/** As the command line has them. */
export interface ProxyCommandOptions {
  kubeconfig?: string;
  hostnameOverride?: string;
  clusterCidr?: string;
  serviceCidr?: string;
  healthzBindAddress: string;
  metricsBindAddress: string;
  nodeportAddresses?: string;
  masqueradeAll?: boolean;
  cleanup?: boolean;
}

export interface ProxySettings {
  nodeName: string;
  /** Where pods have their addresses; undefined: where the Node says that its own have. */
  clusterCIDRs: string[] | undefined;
  /** Of Services, beside those of ServiceCIDRs. */
  serviceCIDRs: string[];
  /** Undefined: nowhere. */
  healthz: BindAddress | undefined;
  metrics: BindAddress | undefined;
  /** Where node ports answer; undefined: at every address of the node. */
  nodePortAddresses: string[] | 'primary' | undefined;
  masqueradeAll: boolean;
}

/** Throws what is wrong, in terms of the options. */
export function proxySettings(options: ProxyCommandOptions, hostname: string): ProxySettings {
  const { hostnameOverride, clusterCidr, serviceCidr, healthzBindAddress, metricsBindAddress } = options;
  // As kubelets name their nodes.
  const nodeName = (hostnameOverride || hostname).trim().toLowerCase();
  if (nodeName === '') throw new Error('Cannot tell which Node this is: give --hostname-override');
  return {
    nodeName,
    clusterCIDRs: clusterCidr ? ranges('--cluster-cidr', clusterCidr) : undefined,
    serviceCIDRs: serviceCidr ? ranges('--service-cidr', serviceCidr) : [],
    healthz: bindAddress('--healthz-bind-address', healthzBindAddress, 10256),
    metrics: bindAddress('--metrics-bind-address', metricsBindAddress, 10249),
    nodePortAddresses: nodePortAddresses(options.nodeportAddresses),
    masqueradeAll: options.masqueradeAll ?? false,
  };
}

const nodePortAddresses = (text: string | undefined): ProxySettings['nodePortAddresses'] =>
  text === 'primary' ? text : text ? ranges('--nodeport-addresses', text) : undefined;

/** `10.244.0.0/16,fd44::/56` */
function ranges(option: string, text: string): string[] {
  return text.split(',').map((range) => {
    try {
      return formatCidr(parseCidr(range.trim()));
    } catch {
      throw new Error(`Cannot use ${option} ${text}: give ranges such as 10.244.0.0/16,fd44::/56`);
    }
  });
}

/** `127.0.0.1:10249`, `[::1]:10249`, an address alone for the usual port; nothing to listen nowhere. */
function bindAddress(option: string, text: string, usualPort: number): BindAddress | undefined {
  if (text === '') return undefined;
  const [, inBrackets, plain, portText] = /^(?:\[(.+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const [host, port] = isAddress(text) ? [text, usualPort] : [inBrackets ?? plain, Number(portText)];
  const isFit = host === '' || (host !== undefined && isAddress(host));
  if (!isFit || port < 1 || port > 65_535)
    throw new Error(
      `Cannot use ${option} ${text}: give an address and a port, such as 127.0.0.1:${usualPort}`,
    );
  // Either of these means every address of both families, as in kube-proxy.
  return ['', '0.0.0.0', '::'].includes(host) ? { port } : { host, port };
}
