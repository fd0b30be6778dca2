/** A server's certificate as files, made when the test runs. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, issueServerCertificate } from '../../lib/pki/certificate.ts';

/** The directory is the caller's to remove. */
export async function certificate(
  dnsNames: readonly string[],
): Promise<{ directory: string; ca: string; cert: string; key: string }> {
  const nowMs = Date.now();
  const authority = await createAuthority({ commonName: 'dns-test-ca', nowMs });
  const issued = await issueServerCertificate(authority, {
    commonName: dnsNames[0] ?? 'dns',
    dnsNames,
    ipAddresses: ['127.0.0.1'],
    nowMs,
  });
  const directory = mkdtempSync(join(tmpdir(), 'dns-tls-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  return {
    directory,
    ca: file('ca.pem', authority.certificate),
    cert: file('cert.pem', issued.certificate),
    key: file('key.pem', issued.privateKey),
  };
}
