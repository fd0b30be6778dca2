/**
 * All certificates and keys of a cluster, made once at `up` and kept in its directory: one authority;
 * who the control plane, the nodes, the relay and the administrator are.
 * https://kubernetes.io/docs/setup/best-practices/certificates/
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyPair,
} from '../lib/pki/certificate.ts';
import { createSigningKey } from '../lib/pki/signingKey.ts';
import type { ClusterAddresses } from './addresses.ts';
import { clusterDomain } from './addresses.ts';
import type { NodeRecord } from './record.ts';

export interface NodeIdentity {
  /** `system:node:NAME`: for what is the node's own. */
  node: KeyPair;
  /** The kubelet's server on :10250. */
  serving: KeyPair;
}

export interface ClusterCertificates {
  authority: KeyPair;
  apiserver: KeyPair;
  /** The API server towards kubelets. */
  kubeletClient: KeyPair;
  admin: KeyPair;
  /** Reads what proxies, policies and the relay need, and nothing else. */
  network: KeyPair;
  /** PEM, signs service account tokens. */
  serviceAccountKey: string;
  nodes: Record<string, NodeIdentity>;
}

/** Reads the cluster's certificates from `directory`, or makes what is missing. */
export async function certificatesOf(
  directory: string,
  addresses: ClusterAddresses,
  nodes: readonly NodeRecord[],
  nowMs: number,
): Promise<ClusterCertificates> {
  const file = `${directory}/certificates.json`;
  const known: Partial<ClusterCertificates> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const authority = known.authority ?? (await createAuthority({ commonName: 'switchboard', nowMs }));
  const client = (commonName: string, ...organizations: string[]) =>
    issueClientCertificate(authority, { commonName, organizations, nowMs });
  const made: ClusterCertificates = {
    authority,
    apiserver:
      known.apiserver ??
      (await issueServerCertificate(authority, { ...serverNames(addresses, nodes), nowMs })),
    kubeletClient: known.kubeletClient ?? (await client('kube-apiserver-kubelet-client', 'system:masters')),
    admin: known.admin ?? (await client('kubernetes-admin', 'system:masters')),
    network: known.network ?? (await client('switchboard-network', 'system:switchboard:network')),
    serviceAccountKey: known.serviceAccountKey ?? createSigningKey(),
    nodes: { ...known.nodes },
  };
  for (const { name, addresses: ipAddresses } of nodes) {
    made.nodes[name] ??= {
      node: await client(`system:node:${name}`, 'system:nodes'),
      serving: await issueServerCertificate(authority, {
        commonName: `system:node:${name}`,
        organizations: ['system:nodes'],
        dnsNames: [name],
        ipAddresses,
        nowMs,
      }),
    };
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

/** Every name and address by which somebody dials the API server. */
function serverNames(addresses: ClusterAddresses, nodes: readonly NodeRecord[]) {
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${clusterDomain}`,
  ];
  const controlPlane = nodes.filter((node) => node.controlPlane);
  return {
    commonName: 'kube-apiserver',
    dnsNames: [...service, 'localhost', ...controlPlane.map((node) => node.name)],
    ipAddresses: [
      addresses.kubernetesService,
      '127.0.0.1',
      '::1',
      addresses.hostAddress,
      addresses.hostOnLan,
      ...controlPlane.flatMap((node) => node.addresses),
    ],
  };
}
