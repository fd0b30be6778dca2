/**
 * Certificate signing requests (PKCS #10, RFC 2986): made by who wants a certificate, read and signed by who
 * gives it. Everything goes in and out as PEM.
 */
import type * as X509 from '@peculiar/x509';
import type { KeyPair } from './certificate.ts';
import {
  algorithm,
  alternativeNames,
  backdatedMs,
  generateKeys,
  importPrivateKey,
  type Library,
  library,
  type Names,
  pemLine,
  privateKeyPem,
  subject,
} from './library.ts';

/** What a request asks to be called. */
export interface Requested {
  commonName: string;
  organizations: readonly string[];
  dnsNames: readonly string[];
  ipAddresses: readonly string[];
  emails: readonly string[];
  uris: readonly string[];
}

export interface Subject extends Names {
  commonName: string;
  organizations?: readonly string[];
}

/** A new key, and a request for a certificate over it. */
export async function createRequest(asked: Subject): Promise<{ request: string; privateKey: string }> {
  const x509 = await library();
  const keys = await generateKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject(x509, asked.commonName, asked.organizations),
    keys,
    signingAlgorithm: algorithm,
    extensions: alternativeNames(x509, asked),
  });
  return { request: pemLine(request), privateKey: await privateKeyPem(x509, keys) };
}

/** Rejects when the text is no request, or was not signed by the key that is in it. */
export async function readRequest(pem: string): Promise<Requested> {
  const x509 = await library();
  const request = await verified(x509, pem);
  const values = (field: string) => request.subjectName.getField(field);
  const named = alternativeNamesOf(x509, request)?.names.items ?? [];
  const of = (type: X509.GeneralNameType) => named.filter((n) => n.type === type).map((n) => n.value);
  return {
    commonName: values('CN').at(-1) ?? '',
    organizations: values('O'),
    dnsNames: of('dns'),
    ipAddresses: of('ip'),
    emails: of('email'),
    uris: of('url'),
  };
}

async function verified(x509: Library, pem: string): Promise<X509.Pkcs10CertificateRequest> {
  const request = new x509.Pkcs10CertificateRequest(pem);
  if (!(await request.verify())) throw new Error('the signature of the request does not belong to its key');
  return request;
}

const alternativeNamesOf = (x509: Library, { extensions }: X509.Pkcs10CertificateRequest) =>
  extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension);

export interface Grant {
  /** Kubernetes' words: `client auth`, `digital signature`. */
  usages: readonly string[];
  nowMs: number;
  validForMs: number;
}

/** The certificate that the request asks for, with these usages. Never outlives the authority. */
export async function signRequest(authority: KeyPair, pem: string, grant: Grant): Promise<string> {
  const x509 = await library();
  const request = await verified(x509, pem);
  const issuer = new x509.X509Certificate(authority.certificate);
  const named = alternativeNamesOf(x509, request);
  const endMs = Math.min(grant.nowMs + grant.validForMs, issuer.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create({
    notBefore: new Date(grant.nowMs - backdatedMs),
    notAfter: new Date(endMs),
    issuer: issuer.subjectName,
    subject: request.subjectName,
    publicKey: request.publicKey,
    signingKey: await importPrivateKey(x509, authority.privateKey),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...purposesOf(x509, grant.usages),
      ...(named ? [named] : []),
    ],
  });
  return pemLine(certificate);
}

function purposesOf(x509: Library, usages: readonly string[]): X509.Extension[] {
  const { KeyUsageFlags: flag } = x509;
  const keyUsages: Readonly<Record<string, number>> = {
    signing: flag.digitalSignature,
    'digital signature': flag.digitalSignature,
    'content commitment': flag.nonRepudiation,
    'key encipherment': flag.keyEncipherment,
    'key agreement': flag.keyAgreement,
    'data encipherment': flag.dataEncipherment,
    'cert sign': flag.keyCertSign,
    'crl sign': flag.cRLSign,
    'encipher only': flag.encipherOnly,
    'decipher only': flag.decipherOnly,
  };
  const flags = usages.reduce((all, usage) => all | (keyUsages[usage] ?? 0), 0);
  const purposes = usages.flatMap((usage) => extendedUsages[usage] ?? []);
  return [
    ...(flags ? [new x509.KeyUsagesExtension(flags, true)] : []),
    ...(purposes.length > 0 ? [new x509.ExtendedKeyUsageExtension(purposes)] : []),
  ];
}

/** RFC 5280, section 4.2.1.12, and Microsoft's and Netscape's own. */
const extendedUsages: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};
