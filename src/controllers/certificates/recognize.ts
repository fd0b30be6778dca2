/**
 * Requests that need no person to approve them, and the right that their requester must have. Those of
 * clients are Kubernetes' own; a kubelet's serving certificate is approved here too, when it is for the names
 * and addresses of the requester's own Node.
 * https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#approval
 */
import { signers } from '../../api/certificates/certificatesigningrequest/signers.ts';
import type { Node } from '../../api/types.ts';
import type { Requested } from '../../lib/pki/request.ts';
import type { Csr } from './request.ts';
import { whyNotSigned } from './rules.ts';

export interface Recognized {
  /** Of `certificatesigningrequests`, for the verb `create`. */
  subresource: 'selfnodeclient' | 'nodeclient' | 'selfnodeserver' | 'selfclient';
  message: string;
}

/** In the order in which rights are asked for; empty when a person must decide. */
export function recognize(csr: Csr, asked: Requested, node: Node | undefined): Recognized[] {
  if (whyNotSigned(csr.spec, asked) !== undefined) return [];
  const isOwn = csr.spec.username === asked.commonName;
  switch (csr.spec.signerName) {
    case signers.kubeletClient:
      return [...(isOwn ? [selfNodeClient] : []), nodeClient];
    case signers.kubeletServing:
      return isOwn && node && isOf(node, asked) ? [selfNodeServer] : [];
    case signers.client:
      return isOwn && isRenewal(csr, asked) ? [selfClient] : [];
    default:
      return [];
  }
}

const approving = (subresource: Recognized['subresource'], what: string): Recognized => ({
  subresource,
  message: `Auto approving ${what} after SubjectAccessReview.`,
});
const selfNodeClient = approving('selfnodeclient', 'self kubelet client certificate');
const nodeClient = approving('nodeclient', 'kubelet client certificate');
const selfNodeServer = approving('selfnodeserver', 'self kubelet server certificate');
const selfClient = approving('selfclient', 'self client certificate');

/** Nobody gets into a group by asking. */
const isRenewal = ({ spec }: Csr, { organizations }: Requested): boolean =>
  organizations.every((organization) => spec.groups?.includes(organization));

function isOf({ metadata, status }: Node, { dnsNames, ipAddresses }: Requested): boolean {
  const own = new Set([metadata.name, ...(status?.addresses ?? []).map(({ address }) => address)]);
  return [...dnsNames, ...ipAddresses].every((name) => own.has(name));
}
