/**
 * Image references, read as Docker reads them.
 * https://github.com/distribution/reference/blob/main/reference.go
 */
export interface Reference {
  /** `docker.io`, `localhost:5000`, … */
  registry: string;
  /** Path within the registry: `library/nginx`. */
  path: string;
  /** Absent when there is a digest. */
  tag?: string;
  /** `sha256:…`: names one content for ever. */
  digest?: string;
}

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const registryPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(?::\d+)?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}$/;

/** `nginx` is `docker.io/library/nginx:latest`. A tag beside a digest decides nothing and is dropped. */
export function parseReference(text: string): Reference {
  const fail = (why: string) => new Error(`Cannot parse image reference "${text}": ${why}`);
  if (text === '') throw fail('it is empty');
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0) throw fail('it has more than one "@"');
  if (digest !== undefined && !digestPattern.test(digest)) throw fail('invalid digest');
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const tag = tagged ? named.slice(colon + 1) : 'latest';
  if (!tagPattern.test(tag)) throw fail('invalid tag');
  const { registry, path } = splitRegistry(tagged ? named.slice(0, colon) : named);
  if (!registryPattern.test(registry)) throw fail('invalid registry name');
  if (path !== path.toLowerCase()) throw fail('repository name must be lowercase');
  if (!pathPattern.test(path)) throw fail('invalid repository name');
  return { registry, path, ...(digest === undefined ? { tag } : { digest }) };
}

/** The first component is a registry when it looks like a host. */
function splitRegistry(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:[A-Z]/.test(first) || first === 'localhost';
  const registry = !isHost || first === 'index.docker.io' ? 'docker.io' : first;
  const path = isHost ? name.slice(slash + 1) : name;
  return { registry, path: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path };
}

/** Without tag or digest: `docker.io/library/nginx`. */
export const repositoryOf = (reference: Reference): string => `${reference.registry}/${reference.path}`;

export function formatReference(reference: Reference): string {
  const end = reference.digest === undefined ? `:${reference.tag ?? 'latest'}` : `@${reference.digest}`;
  return `${repositoryOf(reference)}${end}`;
}

export const normalise = (text: string): string => formatReference(parseReference(text));

/** Registries on this machine may speak plain HTTP, as with Docker. */
export function isLocalRegistry(reference: Reference): boolean {
  const host = reference.registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
