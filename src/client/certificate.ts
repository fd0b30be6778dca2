/**
 * Certificates from the cluster itself: a new key, a request, and what its signer made of it.
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */
import { certificateSigningRequests } from '../api/resource.ts';
import type { CertificateSigningRequest } from '../api/types.ts';
import type { KeyPair } from '../lib/pki/certificate.ts';
import { createRequest, type Subject } from '../lib/pki/request.ts';
import type { Client } from './contract.ts';

export interface Wanted {
  /** `kubernetes.io/kubelet-serving` */
  signerName: string;
  subject: Subject;
  usages: readonly string[];
}

/** Rejects when the request is denied or fails, and when nobody has answered in time. */
export async function requestCertificate(
  client: Client,
  { signerName, subject, usages }: Wanted,
  signal: AbortSignal,
): Promise<KeyPair> {
  const { request, privateKey } = await createRequest(subject);
  const { metadata } = await client.create(certificateSigningRequests, {
    metadata: { generateName: 'csr-' },
    spec: { request: Buffer.from(request).toString('base64'), signerName, usages: [...usages] },
  });
  return { certificate: await answer(client, metadata.name, signal), privateKey };
}

const patienceMs = 60_000;

async function answer(client: Client, name: string, signal: AbortSignal): Promise<string> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const query = { fieldSelector: `metadata.name=${name}`, signal: stop };
  for await (const { type, object } of client.watch(certificateSigningRequests, query)) {
    if (type === 'BOOKMARK') continue;
    const certificate = certificateOf(object);
    if (certificate !== undefined) return certificate;
  }
  throw new Error(`Cannot wait longer for the certificate request ${name}: nobody has signed it`);
}

function certificateOf({ metadata, status }: CertificateSigningRequest): string | undefined {
  const no = status?.conditions?.find(({ type }) => type === 'Denied' || type === 'Failed');
  if (no) throw new Error(`Cannot get the certificate ${metadata.name}: ${no.message ?? no.type}`);
  return status?.certificate && Buffer.from(status.certificate, 'base64').toString();
}
