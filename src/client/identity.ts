/**
 * Who a process is towards the cluster, for as long as it runs: it asks for its next certificate before the
 * one that it has ends, as a kubelet does, and keeps what it got on the disk.
 * https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#certificate-rotation
 */
import { signers } from '../api/certificates/certificatesigningrequest/signers.ts';
import type { Clock } from '../lib/clock.ts';
import type { KeyPair } from '../lib/pki/certificate.ts';
import { keptPair } from '../lib/pki/kept.ts';
import { renewed } from '../lib/pki/renewal.ts';
import type { Subject } from '../lib/pki/request.ts';
import { requestCertificate, type Wanted } from './certificate.ts';
import type { Client } from './contract.ts';

export interface IdentityOptions {
  /** Of the file, and in the log. */
  name: string;
  /** Where the file lies. */
  directory: string;
  /** What the process was given. */
  pair: KeyPair;
  /** PEM: what another authority signed is of no use. */
  ca: string;
  wanted: Wanted;
  /** Asks for the next one. */
  client: () => Client;
  /** Told of each new one. */
  use?: (identity: Identity) => void;
  clock: Clock;
  signal: AbortSignal;
}

/** PEM, as TLS takes it. */
export interface Identity {
  cert: string;
  key: string;
}

/** The newest, from now on and until the signal. */
export function ownIdentity(options: IdentityOptions): () => Identity {
  const { name, directory, pair, ca, wanted, client, use, clock, signal } = options;
  const kept = keptPair(`${directory}/${name}.json`, ca);
  const newest = renewed({
    name,
    pair: kept.newer(pair),
    renew: () => requestCertificate(client(), wanted, signal),
    use: (next) => {
      kept.write(next);
      use?.(identityOf(next));
    },
    clock,
    signal,
  });
  return () => identityOf(newest.current());
}

const identityOf = ({ certificate, privateKey }: KeyPair): Identity => ({
  cert: certificate,
  key: privateKey,
});

const nodeSubject = (nodeName: string): Subject => ({
  commonName: `system:node:${nodeName}`,
  organizations: ['system:nodes'],
});

/** A kubelet as a client of the API server. */
export const nodeClient = (nodeName: string): Wanted => ({
  signerName: signers.kubeletClient,
  subject: nodeSubject(nodeName),
  usages: ['digital signature', 'client auth'],
});

/** A kubelet's own server. */
export const nodeServing = (nodeName: string, ipAddresses: readonly string[]): Wanted => ({
  signerName: signers.kubeletServing,
  subject: { ...nodeSubject(nodeName), dnsNames: [nodeName], ipAddresses },
  usages: ['digital signature', 'server auth'],
});

/** Who reads what proxies, policies and the relay need, and nothing else. */
export const networkClient: Wanted = {
  signerName: signers.client,
  subject: { commonName: 'switchboard-network', organizations: ['system:switchboard:network'] },
  usages: ['digital signature', 'client auth'],
};
