/** https://kubernetes.io/docs/concepts/containers/images/#using-a-private-registry */
import type { Secret } from '../../../api/types.ts';

export interface Credentials {
  username: string;
  password: string;
}

interface Login {
  username?: string;
  password?: string;
  /** Both, as `name:password` in base64. */
  auth?: string;
}

/** What the first of the secrets that knows the image's registry says. */
export function credentialsFor(image: string, secrets: readonly Secret[]): Credentials | undefined {
  const wanted = withRegistry(image);
  for (const secret of secrets) {
    const logins = Object.entries(loginsOf(secret)).sort(([a], [b]) => b.length - a.length);
    const login = logins.find(([registry]) => covers(registry, wanted))?.[1];
    const found = login && credentials(login);
    if (found) return found;
  }
  return undefined;
}

function loginsOf({ type, data }: Secret): Record<string, Login> {
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString() || '{}';
  if (type === 'kubernetes.io/dockerconfigjson')
    return (JSON.parse(text('.dockerconfigjson')) as { auths?: Record<string, Login> }).auths ?? {};
  if (type === 'kubernetes.io/dockercfg') return JSON.parse(text('.dockercfg')) as Record<string, Login>;
  return {};
}

/** A first part without a dot, a colon or `localhost` is a name on Docker Hub. */
function withRegistry(image: string): string {
  const first = image.split('/')[0] ?? '';
  const isRegistry = image.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return isRegistry ? image : `docker.io/${image}`;
}

function covers(registry: string, image: string): boolean {
  const plain = registry
    .replace(/^https?:\/\//, '')
    .replace(/\/v[12]\/?$/, '')
    .replace(/\/$/, '');
  const name = plain === 'index.docker.io' ? 'docker.io' : plain;
  return image === name || image.startsWith(`${name}/`);
}

function credentials({ username, password, auth }: Login): Credentials | undefined {
  if (username !== undefined && password !== undefined) return { username, password };
  const both = Buffer.from(auth ?? '', 'base64').toString();
  const colon = both.indexOf(':');
  return colon < 0 ? undefined : { username: both.slice(0, colon), password: both.slice(colon + 1) };
}
