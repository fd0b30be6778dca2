/** Why a webhook gave no answer, in the words that Kubernetes has for it. */

interface Failed {
  name?: string;
  message?: string;
  code?: string;
  address?: string;
  port?: number;
  hostname?: string;
  errors?: unknown[];
}

export function reasonOf(err: unknown): string {
  const { name, code, address = '', port, hostname, errors, message = String(err) } = err as Failed;
  // A name with several addresses has a failure for each.
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  if (name === 'AbortError' || name === 'TimeoutError') return 'context deadline exceeded';
  const at = `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}: connect:`;
  switch (code) {
    case 'ECONNREFUSED':
      return `${at} connection refused`;
    case 'EHOSTUNREACH':
      return `${at} no route to host`;
    case 'ENETUNREACH':
      return `${at} network is unreachable`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${hostname}: no such host`;
    case 'ECONNRESET':
      return 'EOF';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    case 'CERT_HAS_EXPIRED':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: ${message}`;
    default:
      return message;
  }
}
