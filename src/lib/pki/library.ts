/**
 * The library that makes certificates, loaded at the first use: a process that only reads them never pays
 * for it. All keys are ECDSA P-256.
 */
import type * as X509 from '@peculiar/x509';

export type Library = typeof X509;

export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export async function library(): Promise<Library> {
  // The container that @peculiar/x509 is built on wants the Reflect API before anything else.
  await import('reflect-metadata');
  const loaded = (await import('@peculiar/x509')) as unknown as { default: Library };
  // It is a CommonJS module, of which a bundle knows nothing but what it exports as a whole.
  return loaded.default;
}

export const generateKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

export async function privateKeyPem(x509: Library, keys: { privateKey: CryptoKey }): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')}\n`;
}

export async function importPrivateKey(x509: Library, pem: string): Promise<CryptoKey> {
  const der = x509.PemConverter.decode(pem)[0];
  if (!der) throw new Error('Cannot read the private key: there is no PEM block in it');
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

export const pemLine = (certificate: X509.PemData<unknown>) => `${certificate.toString('pem')}\n`;

/** Clocks of machines differ a little; a certificate is valid from shortly before it was made. */
export const backdatedMs = 5 * 60_000;

export interface Names {
  dnsNames?: readonly string[];
  /** IPv4 and IPv6 addresses. */
  ipAddresses?: readonly string[];
}

/** The extension that says by which names somebody is dialled; nothing when there are none. */
export function alternativeNames(
  x509: Library,
  { dnsNames = [], ipAddresses = [] }: Names,
): X509.Extension[] {
  const names: X509.JsonGeneralNames = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [];
}

/** A name of JSON parts, so that no character of a name can be taken for syntax. */
export function subject(x509: Library, commonName: string, organizations: readonly string[] = []): X509.Name {
  return new x509.Name([
    ...organizations.map((o) => ({ O: [{ utf8String: o }] })),
    { CN: [{ utf8String: commonName }] },
  ]);
}
