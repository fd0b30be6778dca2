/**
 * Words of certificate requests: the signers that every cluster has, and what a certificate may be for.
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
 */
export const signers = {
  /** Whoever wants to be a client of the API server. */
  client: 'kubernetes.io/kube-apiserver-client',
  /** A kubelet, as a client of the API server. */
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  /** A kubelet, as a server. */
  kubeletServing: 'kubernetes.io/kubelet-serving',
  /** Anything, without a promise that anybody trusts it. */
  legacyUnknown: 'kubernetes.io/legacy-unknown',
} as const;

/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/certificate-signing-request-v1/ */
export const usages: readonly string[] = [
  'signing',
  'digital signature',
  'content commitment',
  'key encipherment',
  'key agreement',
  'data encipherment',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
  'any',
  'server auth',
  'client auth',
  'code signing',
  'email protection',
  's/mime',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'timestamping',
  'ocsp signing',
  'microsoft sgc',
  'netscape sgc',
];
