/** Reading certificates: node:crypto does it, nothing heavy is loaded. */
import { X509Certificate } from 'node:crypto';
import { backdatedMs } from './library.ts';

/** When the certificate ends, in milliseconds since 1970. Throws when the text is no certificate. */
export function expiresAtMs(certificatePem: string): number {
  return new X509Certificate(certificatePem).validToDate.getTime();
}

/** Whether this authority signed the certificate. */
export function isIssuedBy(certificatePem: string, authorityPem: string): boolean {
  const [certificate, authority] = [new X509Certificate(certificatePem), new X509Certificate(authorityPem)];
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/**
 * When so much of the certificate's life is over, in milliseconds since 1970. Ours begin a little before they
 * are made, which is no part of their life.
 */
export function renewAtMs(certificatePem: string, part = 2 / 3): number {
  const { validFromDate, validToDate } = new X509Certificate(certificatePem);
  const madeMs = validFromDate.getTime() + backdatedMs;
  return madeMs + (validToDate.getTime() - madeMs) * part;
}
