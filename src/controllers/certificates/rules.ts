/**
 * What each signer signs: which subjects, names and usages.
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
 */
import { signers } from '../../api/certificates/certificatesigningrequest/signers.ts';
import type { Requested } from '../../lib/pki/request.ts';
import type { Csr } from './request.ts';

type Spec = Pick<Csr['spec'], 'signerName' | 'usages'>;

/** Whether one of the cluster's own signers is meant. */
export const isOurs = (signerName: string): boolean =>
  (Object.values(signers) as string[]).includes(signerName);

/** Why the signer of that name does not sign this, in Kubernetes' words; undefined when it does. */
export function whyNotSigned({ signerName, usages = [] }: Spec, asked: Requested): string | undefined {
  switch (signerName) {
    case signers.client:
      return whyNotUsages(usages, 'client auth');
    case signers.kubeletClient:
      return whyNotNode(asked) ?? whyNotNameless(asked) ?? whyNotUsages(usages, 'client auth');
    case signers.kubeletServing:
      return whyNotNode(asked) ?? whyNotServing(asked) ?? whyNotUsages(usages, 'server auth');
    default:
      return undefined;
  }
}

function whyNotNode({ commonName, organizations }: Requested): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes')
    return 'subject organization is not system:nodes';
  if (!commonName.startsWith('system:node:')) return 'subject common name does not begin with system:node:';
  return undefined;
}

function whyNotNameless({ dnsNames, ipAddresses, emails, uris }: Requested): string | undefined {
  if (dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (emails.length > 0) return 'Email subjectAltNames are not allowed';
  if (ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (uris.length > 0) return 'URI subjectAltNames are not allowed';
  return undefined;
}

function whyNotServing({ dnsNames, ipAddresses, emails, uris }: Requested): string | undefined {
  if (dnsNames.length + ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (emails.length > 0) return 'Email subjectAltNames are not allowed';
  if (uris.length > 0) return 'URI subjectAltNames are not allowed';
  return undefined;
}

const always = ['digital signature', 'key encipherment'];

function whyNotUsages(usages: readonly string[], needed: string): string | undefined {
  const wrong = usages.filter((usage) => usage !== needed && !always.includes(usage));
  if (wrong.length > 0) return `usages did not match [${[...always, needed].join(' ')}]: ${wrong.join(', ')}`;
  return usages.includes(needed) ? undefined : `usages must include ${needed}`;
}
