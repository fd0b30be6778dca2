/**
 * The ConfigMap `cluster-info`, by which a machine that joins finds out where the cluster is. It is signed
 * with each token that may sign, so that who has such a token knows that nobody changed it.
 * https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#configmap-signing
 */
import { createHmac } from 'node:crypto';
import { stringify } from 'yaml';
import type { Secret } from '../../api/types.ts';
import { bracketed } from '../../lib/ip.ts';
import type { ControllerConfig } from '../config.ts';
import { expiresAtMs, valueOf } from './token.ts';

type Told = Pick<ControllerConfig, 'apiServer' | 'caCertificate'>;

/** A kubeconfig without anybody in it. */
export function clusterKubeconfig({ apiServer, caCertificate }: Told): string {
  const [address = ''] = apiServer.addresses;
  const cluster = {
    server: `https://${bracketed(address)}:${apiServer.port}`,
    'certificate-authority-data': Buffer.from(caCertificate).toString('base64'),
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: '', cluster }],
    contexts: [],
    'current-context': '',
    preferences: {},
    users: [],
  });
}

/** The data that the ConfigMap is to have: the kubeconfig, and a signature of it for each token. */
export function clusterInfo(
  kubeconfig: string,
  tokens: Iterable<Secret>,
  nowMs: number,
): Record<string, string> {
  const data: Record<string, string> = { kubeconfig };
  for (const token of tokens) {
    if (valueOf(token, 'usage-bootstrap-signing') !== 'true') continue;
    if ((expiresAtMs(token) ?? Infinity) <= nowMs) continue;
    const id = valueOf(token, 'token-id');
    const secret = valueOf(token, 'token-secret');
    if (id && secret) data[`jws-kubeconfig-${id}`] = detachedSignature(kubeconfig, id, secret);
  }
  return data;
}

/** RFC 7515, appendix F: a JWS (HS256) whose payload was taken out. */
export function detachedSignature(content: string, id: string, secret: string): string {
  const base64url = (text: string) => Buffer.from(text).toString('base64url');
  const header = base64url(JSON.stringify({ alg: 'HS256', kid: id }));
  const signature = createHmac('sha256', secret).update(`${header}.${base64url(content)}`);
  return `${header}..${signature.digest('base64url')}`;
}
