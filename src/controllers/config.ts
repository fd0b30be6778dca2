import type { KeyPair } from '../lib/pki/certificate.ts';

/** What the controllers must be told about the cluster they work for. */
export interface ControllerConfig {
  /** Who this process is in the Lease: the same again after a restart. */
  identity: string;
  /** Where the API server itself is reached, and the Service address that stands for it. */
  apiServer: {
    addresses: readonly string[];
    port: number;
    /** The `kubernetes` Service's addresses, the primary family's first: `10.96.0.1`. */
    serviceIPs: readonly string[];
  };
  /** PEM, for the ConfigMap `kube-root-ca.crt` of every namespace. */
  caCertificate: string;
  /** PEM, signs tokens that stand in Secrets; without it there are none. */
  serviceAccountKey?: string;
  /** What signs certificate requests; without it nothing here does. */
  signing?: {
    authority: KeyPair;
    /** No certificate holds longer, whatever is asked for. */
    longestMs: number;
  };
  /** Ranges that nodes get their pods' addresses from, one for each family. */
  podCIDRs: readonly { cidr: string; nodePrefix: number }[];
  /** Ranges of Services' addresses, the default family's first: the ServiceCIDR `kubernetes`. */
  serviceCIDRs: readonly string[];
  /** Ranges that Services of type LoadBalancer get addresses from: `172.30.15.0/24`, `172.30.15.10-172.30.15.19`. */
  loadBalancerPools: readonly string[];
  /** After so long without a Lease renewal a node is NotReady, and after so long without a Node its pods go. */
  nodeGraceMs: number;
}

/** https://kubernetes.io/docs/concepts/architecture/nodes/#condition */
export const defaults = {
  podCIDRs: [
    { cidr: '10.244.0.0/16', nodePrefix: 24 },
    { cidr: 'fd44::/56', nodePrefix: 64 },
  ],
  serviceCIDRs: ['10.96.0.0/12', 'fd96::/112'],
  loadBalancerPools: ['172.30.15.0/24', 'fd30::f:0/112'],
  nodeGraceMs: 40_000,
} as const satisfies Partial<ControllerConfig>;
