/**
 * All certificates and keys of a cluster, made at `up` and kept in its directory: one authority; who the
 * control plane, the nodes, the relay and the administrator are. Those that get old are made anew by each
 * `up`; processes that run longer renew their own (`../lib/pki/renewal.ts`).
 * https://kubernetes.io/docs/setup/best-practices/certificates/
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyPair,
} from '../lib/pki/certificate.ts';
import { youngOr } from '../lib/pki/renewal.ts';
import { createSigningKey } from '../lib/pki/signingKey.ts';
import type { SealKey } from '../store/index.ts';
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
  /** With which the store encrypts Secrets. The first one writes, all of them read. */
  storeKeys: [SealKey, ...SealKey[]];
  nodes: Record<string, NodeIdentity>;
}

/** As Kubernetes' own: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/ */
export const certificateLifeMs = 365 * 24 * 3600_000;

/** Reads the cluster's certificates from `directory`, or makes what is missing or old. */
export async function certificatesOf(
  directory: string,
  addresses: ClusterAddresses,
  nodes: readonly NodeRecord[],
  nowMs: number,
): Promise<ClusterCertificates> {
  const file = `${directory}/certificates.json`;
  const known: Partial<ClusterCertificates> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const authority = known.authority ?? (await createAuthority({ commonName: 'switchboard', nowMs }));
  const life = { nowMs, validForMs: certificateLifeMs };
  const client = (pair: KeyPair | undefined, commonName: string, ...organizations: string[]) =>
    youngOr(pair, nowMs, () => issueClientCertificate(authority, { commonName, organizations, ...life }));
  const made: ClusterCertificates = {
    authority,
    apiserver: await youngOr(known.apiserver, nowMs, () =>
      issueServerCertificate(authority, { ...serverNames(addresses, nodes), ...life }),
    ),
    kubeletClient: await client(known.kubeletClient, ...kubeletClientSubject),
    admin: await client(known.admin, 'kubernetes-admin', 'system:masters'),
    network: await client(known.network, ...networkSubject),
    serviceAccountKey: known.serviceAccountKey ?? createSigningKey(),
    storeKeys: known.storeKeys ?? [{ name: 'key1', secret: randomBytes(32).toString('base64') }],
    nodes: {},
  };
  for (const { name, addresses: ipAddresses } of nodes) {
    const { node, serving } = known.nodes?.[name] ?? {};
    made.nodes[name] = {
      node: await client(node, `system:node:${name}`, 'system:nodes'),
      serving: await youngOr(serving, nowMs, () =>
        issueServerCertificate(authority, { ...nodeNames(name, ipAddresses), ...life }),
      ),
    };
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(made), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return made;
}

/** The API server's certificate towards kubelets. */
export const kubeletClientSubject = ['kube-apiserver-kubelet-client', 'system:masters'] as const;
/** Who reads what proxies, policies and the relay need. */
export const networkSubject = ['switchboard-network', 'system:switchboard:network'] as const;

const nodeNames = (name: string, ipAddresses: readonly string[]) => ({
  commonName: `system:node:${name}`,
  organizations: ['system:nodes'],
  dnsNames: [name],
  ipAddresses,
});

/** Every name and address by which somebody dials the API server. */
export function serverNames(addresses: ClusterAddresses, nodes: readonly NodeRecord[]) {
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
      ...addresses.hostOnLan,
      ...controlPlane.flatMap((node) => node.addresses),
    ],
  };
}
