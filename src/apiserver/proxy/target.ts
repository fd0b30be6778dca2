/**
 * What a `…/proxy` path names: `pods/[SCHEME:]NAME[:PORT]/proxy/PATH`, and likewise for Services and nodes.
 * https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls
 */
import { badRequest } from '../../api/errors.ts';

export interface ProxyTarget {
  plural: 'pods' | 'services' | 'nodes';
  /** Empty for nodes. */
  namespace: string;
  scheme: 'http' | 'https' | undefined;
  name: string;
  /** A number or a name. */
  port: string | undefined;
  /** The path up to and with `/proxy`, as it was asked for. */
  base: string;
  /** What follows, percent signs and all: empty or with a leading slash. */
  rest: string;
}

const pattern = /^(\/api\/v1\/(?:namespaces\/([^/]+)\/)?(pods|services|nodes)\/([^/]+)\/proxy)(\/.*)?$/;

/** Whether it is a path of this kind: its body is then not read, but passed on. */
export const isPassedOn = (path: string): boolean => pattern.test(path);

/** Undefined for any other path. Throws a 400 when the name is none. */
export function proxyTarget(path: string): ProxyTarget | undefined {
  const [, base, namespace = '', plural, id, rest = ''] = pattern.exec(path) ?? [];
  if (base === undefined || id === undefined) return undefined;
  const kind = plural as ProxyTarget['plural'];
  if ((kind === 'nodes') !== (namespace === '')) return undefined;
  const named = schemeNamePort(decode(id));
  if (!named) throw badRequest(`invalid ${kind.slice(0, -1)} request ${JSON.stringify(decode(id))}`);
  return { plural: kind, namespace: decode(namespace), ...named, base, rest };
}

/** `web`, `web:80`, `https:web:443`, `https:web:` */
function schemeNamePort(id: string): Pick<ProxyTarget, 'scheme' | 'name' | 'port'> | undefined {
  const parts = id.split(':');
  if (parts.length > 3) return undefined;
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  if (name === '' || !(scheme === '' || scheme === 'http' || scheme === 'https')) return undefined;
  return { scheme: scheme || undefined, name, port: port || undefined };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`Cannot read the path: "${segment}" is not URL encoded`);
  }
}
