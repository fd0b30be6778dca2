/**
 * Where the API server is and who we are, from a kubeconfig, or from what every pod finds at
 * /var/run/secrets/kubernetes.io/serviceaccount.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { bracketed } from '../lib/ip.ts';
import type { ApiEndpoint } from './connection.ts';

interface Kubeconfig {
  'current-context'?: string;
  clusters?: { name: string; cluster: Record<string, string | boolean> }[];
  users?: { name: string; user: Record<string, string> }[];
  contexts?: { name: string; context: { cluster: string; user: string } }[];
}

/** Reads a context of a kubeconfig file, the current one unless another is named. */
export function fromKubeconfig(path: string, contextName?: string): ApiEndpoint {
  const config = parse(readFileSync(path, 'utf8')) as Kubeconfig | null;
  const wanted = contextName ?? config?.['current-context'] ?? '';
  const context = config?.contexts?.find((c) => c.name === wanted)?.context;
  if (!context) throw new Error(`Cannot use ${path}: it has no context "${wanted}"`);
  const cluster = config?.clusters?.find((c) => c.name === context.cluster)?.cluster;
  if (!cluster) throw new Error(`Cannot use ${path}: it has no cluster "${context.cluster}"`);
  const user = config?.users?.find((u) => u.name === context.user)?.user ?? {};
  refuse(path, 'cluster', cluster, ['proxy-url', 'tls-server-name']);
  refuse(path, 'user', user, ['exec', 'auth-provider', 'username', 'as']);
  const server = String(cluster['server'] ?? '');
  if (!server.startsWith('https://') || !URL.canParse(server))
    throw new Error(`Cannot use ${path}: "${server}" is no server; give one such as https://192.0.2.1:6443`);
  const pem = (from: Record<string, unknown>, name: string) => {
    const data = from[`${name}-data`];
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString();
    const file = from[name];
    return typeof file === 'string' ? readFileSync(resolve(dirname(path), file), 'utf8') : undefined;
  };
  const [ca, cert, key] = [
    pem(cluster, 'certificate-authority'),
    pem(user, 'client-certificate'),
    pem(user, 'client-key'),
  ];
  const token = user['token'];
  const tokenFile = user['tokenFile'];
  return {
    server,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(token && { token: () => token }),
    ...(tokenFile && { token: fileToken(resolve(dirname(path), tokenFile)) }),
    ...(cluster['insecure-skip-tls-verify'] === true && { insecure: true }),
  };
}

/** Without them somebody else would be asked, or as somebody else. */
function refuse(path: string, what: string, has: object, words: readonly string[]): void {
  const found = words.find((word) => word in has);
  if (found) throw new Error(`Cannot use ${path}: "${found}" of its ${what} is not supported`);
}

const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
export function inCluster(
  env: NodeJS.ProcessEnv = process.env,
  directory = serviceAccountDirectory,
): ApiEndpoint {
  const host = env['KUBERNETES_SERVICE_HOST'];
  if (!host)
    throw new Error(
      'Cannot find the API server: give --kubeconfig, or run in a pod (KUBERNETES_SERVICE_HOST is not set)',
    );
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  return {
    server: `https://${bracketed(host)}:${port}`,
    ca: readFileSync(`${directory}/ca.crt`, 'utf8'),
    token: fileToken(`${directory}/token`),
  };
}

/** A token that is read again when the file changed; looked at no more than every ten seconds. */
function fileToken(path: string): () => string | undefined {
  let token: string | undefined;
  let mtimeMs = 0;
  let lookedAtMs = 0;
  return () => {
    const now = Date.now();
    if (now - lookedAtMs < 10_000) return token;
    lookedAtMs = now;
    const changed = statSync(path).mtimeMs;
    if (changed !== mtimeMs) {
      mtimeMs = changed;
      token = readFileSync(path, 'utf8').trim();
    }
    return token;
  };
}
