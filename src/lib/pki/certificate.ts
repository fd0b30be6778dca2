/**
 * X.509 certificates as a cluster needs them: one authority, serving certificates with the names and
 * addresses that clients dial, client certificates whose subject says who somebody is.
 * https://kubernetes.io/docs/setup/best-practices/certificates/
 *
 * Everything goes in and out as PEM.
 */
import type * as X509 from '@peculiar/x509';
import {
  algorithm,
  alternativeNames,
  backdatedMs,
  generateKeys,
  importPrivateKey,
  library,
  pemLine,
  privateKeyPem,
  subject,
} from './library.ts';

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
  return issue(x509, authority, identity, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ...alternativeNames(x509, identity),
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

function lifetime({ nowMs, validForMs = tenYearsMs }: Lifetime) {
  return { notBefore: new Date(nowMs - backdatedMs), notAfter: new Date(nowMs + validForMs) };
}
