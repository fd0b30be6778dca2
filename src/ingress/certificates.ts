/** The certificates that an Ingress names, when they are fit to be shown. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Ingress, Secret } from '../api/types.ts';
import type { Certificate, World } from './contract.ts';

/** Hosts without a certificate of their own are shown the one that the controller made itself. */
export function certificatesOf(
  { metadata, spec }: Ingress,
  world: Pick<World, 'secret'>,
  refersTo: Set<string>,
  tell: (reason: string, message: string) => void,
): Certificate[] {
  const namespace = metadata.namespace ?? '';
  const ruleHosts = (spec?.rules ?? []).flatMap(({ host }) => host || []);
  return (spec?.tls ?? []).flatMap(({ hosts = [], secretName }) => {
    if (!secretName) return [];
    const key = `${namespace}/${secretName}`;
    refersTo.add(`Secret/${key}`);
    const secret = world.secret(key);
    const read = secret ? pemOf(secret) : 'does not exist';
    if (typeof read === 'string') {
      tell('Certificate', `Secret ${key} ${read}: the controller's own certificate is shown instead`);
      return [];
    }
    return [{ name: `${namespace}_${secretName}`, hosts: hosts.length ? hosts : ruleHosts, pem: read.pem }];
  });
}

/** One that does not fit would keep the proxy from loading everybody's configuration. */
function pemOf({ data }: Secret): { pem: string } | string {
  const [certificate, key] = ['tls.crt', 'tls.key'].map((name) =>
    Buffer.from(data?.[name] ?? '', 'base64').toString(),
  );
  if (!certificate || !key) return 'has no tls.crt and tls.key';
  try {
    const matches = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    return matches ? { pem: `${certificate.trim()}\n${key.trim()}\n` } : 'has a key of another certificate';
  } catch {
    return 'is not a certificate and a private key in PEM';
  }
}
