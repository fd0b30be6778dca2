/**
 * Whether a user may approve or sign for a signer: the verb on the signer by name, or on all of its domain.
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization
 */
import type { Authorizer } from '../../authz/contract.ts';
import type { User } from '../../contract.ts';

export function maySignFor(
  authorizer: Authorizer,
  user: User,
  verb: 'approve' | 'sign',
  signerName: string,
): boolean {
  const [domain = ''] = signerName.split('/');
  const resource = { group: 'certificates.k8s.io', version: '*', plural: 'signers' };
  return [signerName, `${domain}/*`].some(
    (name) => authorizer.authorize({ user, verb, path: '', resource: { ...resource, name } }).allowed,
  );
}
