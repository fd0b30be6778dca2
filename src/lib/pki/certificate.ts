/**
 * X.509 certificates as a cluster needs them: one authority, serving certificates with the names and
 * addresses that clients dial, client certificates whose subject says who somebody is.
 * https://kubernetes.io/docs/setup/best-practices/certificates/
 *
 * All keys are ECDSA P-256. Everything goes in and out as PEM. The library that makes certificates is loaded
 * at the first call: a process that only reads them never pays for it.
 */
import type * as X509 from '@peculiar/x509';

/** A certificate and its PKCS #8 private key. */
export interface KeyPair {
  certificate: string;
  privateKey: string;
}

export interface Lifetime {
  /** Milliseconds since 1970. */
  nowMs: number;
  /** Ten years when left out. */
  validForMs?: number;
}

export interface ServerIdentity extends Lifetime {
  commonName: string;
  organizations?: readonly string[];
  dnsNames?: readonly string[];
  /** IPv4 and IPv6 addresses. */
  ipAddresses?: readonly string[];
}

export interface ClientIdentity extends Lifetime {
  /** Becomes the user's name. */
  commonName: string;
  /** Become the user's groups. */
  organizations?: readonly string[];
}

const tenYearsMs = 10 * 365 * 24 * 3600_000;
/** Clocks of machines differ a little; a certificate is valid from shortly before it was made. */
const backdatedMs = 5 * 60_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

async function library(): Promise<typeof X509> {
  // The container that @peculiar/x509 is built on wants the Reflect API before anything else.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** A self-signed authority that may sign certificates, and no further authorities. */
export async function createAuthority(options: { commonName: string } & Lifetime): Promise<KeyPair> {
  const x509 = await library();
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...lifetime(options),
    name: subject(x509, options.commonName),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemLine(certificate), privateKey: await privateKeyPem(x509, keys) };
}

/** For a server that is dialled by these names and addresses. */
export async function issueServerCertificate(authority: KeyPair, identity: ServerIdentity): Promise<KeyPair> {
  const x509 = await library();
  const names: X509.JsonGeneralNames = [
    ...(identity.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(identity.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  return issue(x509, authority, identity, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
  ]);
}

/** For somebody who proves with it who they are: the name is the user's, the organizations are the groups. */
export async function issueClientCertificate(authority: KeyPair, identity: ClientIdentity): Promise<KeyPair> {
  const x509 = await library();
  return issue(x509, authority, identity, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
  ]);
}

async function issue(
  x509: typeof X509,
  authority: KeyPair,
  identity: ClientIdentity,
  purposes: X509.Extension[],
): Promise<KeyPair> {
  const keys = await generateKeys();
  const issuer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    ...lifetime(identity),
    issuer: issuer.subjectName,
    subject: subject(x509, identity.commonName, identity.organizations),
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(x509, authority.privateKey),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...purposes,
    ],
  });
  return { certificate: pemLine(certificate), privateKey: await privateKeyPem(x509, keys) };
}

const generateKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function privateKeyPem(x509: typeof X509, keys: { privateKey: CryptoKey }): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')}\n`;
}

async function importPrivateKey(x509: typeof X509, pem: string): Promise<CryptoKey> {
  const der = x509.PemConverter.decode(pem)[0];
  if (!der) throw new Error('Cannot read the private key: there is no PEM block in it');
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

const pemLine = (certificate: X509.X509Certificate) => `${certificate.toString('pem')}\n`;

function lifetime({ nowMs, validForMs = tenYearsMs }: Lifetime) {
  return { notBefore: new Date(nowMs - backdatedMs), notAfter: new Date(nowMs + validForMs) };
}

/** A name of JSON parts, so that no character of a name can be taken for syntax. */
function subject(x509: typeof X509, commonName: string, organizations: readonly string[] = []): X509.Name {
  return new x509.Name([
    ...organizations.map((o) => ({ O: [{ utf8String: o }] })),
    { CN: [{ utf8String: commonName }] },
  ]);
}
