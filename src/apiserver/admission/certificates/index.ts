/**
 * Certificate requests: who asks is written down by the server, and only those who may approve or sign for a
 * signer do.
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization
 */
import { signers } from '../../../api/certificates/certificatesigningrequest/signers.ts';
import { fieldInvalid, invalid } from '../../../api/errors.ts';
import { certificateSigningRequests } from '../../../api/resource.ts';
import type { CertificateSigningRequest } from '../../../api/types.ts';
import { type Clock, rfc3339 } from '../../../lib/clock.ts';
import { type Requested, readRequest } from '../../../lib/pki/request.ts';
import type { Authorizer } from '../../authz/contract.ts';
import type { AdmissionPlugin, Operation } from '../contract.ts';
import { isAbout, objectOf, refuse } from '../operation.ts';
import { maySignFor } from './permission.ts';
import { stampTimes } from './times.ts';

export interface CertificateDeps {
  authorizer: Authorizer;
  clock: Clock;
}

type Csr = CertificateSigningRequest;

export const certificates = ({ authorizer, clock }: CertificateDeps): AdmissionPlugin => ({
  name: 'Certificates',
  handles: (operation) =>
    operation.verb !== 'delete' &&
    ['', 'status', 'approval'].some((part) =>
      isAbout(operation, certificateSigningRequests, part || undefined),
    ),
  async admit(operation) {
    const csr = objectOf(operation, certificateSigningRequests);
    const old = operation.old as Csr | undefined;
    if (!old) {
      stampRequester(csr, operation);
      await checkRequest(operation, csr);
      return undefined;
    }
    // Nobody changes what was asked for: an approval is one of what was read.
    csr.spec = structuredClone(old.spec);
    checkWriter(operation, authorizer, csr, old);
    stampTimes(csr, old, rfc3339(clock.now()));
    return undefined;
  },
});

function stampRequester({ spec }: Csr, { user }: Operation): void {
  spec.username = user.name;
  spec.groups = [...user.groups];
  delete spec.uid;
  delete spec.extra;
  if (user.uid) spec.uid = user.uid;
  if (user.extra)
    spec.extra = Object.fromEntries(Object.entries(user.extra).map(([key, values]) => [key, [...values]]));
}

async function checkRequest(operation: Operation, { metadata, spec }: Csr): Promise<void> {
  let asked: Requested;
  try {
    asked = await readRequest(Buffer.from(spec.request ?? '', 'base64').toString());
  } catch (err) {
    throw invalid(certificateSigningRequests, metadata.name, [
      fieldInvalid('spec.request', spec.request ?? '', (err as Error).message),
    ]);
  }
  // https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#certificatesubjectrestriction
  if (spec.signerName === signers.client && asked.organizations.includes('system:masters'))
    throw refuse(operation, `use of ${signers.client} signer with system:masters group is not allowed`);
}

function checkWriter(operation: Operation, authorizer: Authorizer, csr: Csr, old: Csr): void {
  const { signerName } = old.spec;
  const { subresource, user } = operation;
  const may = (verb: 'approve' | 'sign') => maySignFor(authorizer, user, verb, signerName);
  if (subresource === 'approval' && !may('approve'))
    throw refuse(operation, `user not permitted to approve requests with signerName ${quoted(signerName)}`);
  const isSigning = subresource === 'status' && !sameStatus(csr, old);
  if (isSigning && !may('sign'))
    throw refuse(operation, `user not permitted to sign requests with signerName ${quoted(signerName)}`);
}

const quoted = (text: string) => JSON.stringify(text);
const sameStatus = (a: Csr, b: Csr) => JSON.stringify(a.status) === JSON.stringify(b.status);
