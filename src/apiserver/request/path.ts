/**
 * What a path names: `/apis/GROUP/VERSION/[namespaces/NAMESPACE/]PLURAL[/NAME[/SUBRESOURCE[/REST]]]`, with
 * `/api/v1` for the core group.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
 */
import { badRequest } from '../../api/errors.ts';

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** What comes after the subresource, for `proxy`: `a/b` of `…/proxy/a/b`. */
  readonly rest?: string;
}

/** The part of a path that every resource of a namespace shares would else look like a subresource. */
const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize']);

let last: { path: string; names: ResourcePath | undefined } | undefined;

/**
 * Undefined for a path that names no resource: `/api/v1`, `/healthz`. Metrics, authorization and the verb ask
 * one after the other, so that the last answer is kept.
 */
export function parsePath(path: string): ResourcePath | undefined {
  if (last?.path !== path) last = { path, names: parse(path) };
  return last.names;
}

function parse(path: string): ResourcePath | undefined {
  const parts = path.replace(/^\/|\/$/g, '').split('/');
  const root = parts.shift();
  if (root !== 'api' && root !== 'apis') return undefined;
  if (parts.length < (root === 'api' ? 2 : 3)) return undefined;
  const group = root === 'api' ? '' : decodeSegment(parts.shift());
  const version = decodeSegment(parts.shift());
  const inNamespace =
    parts[0] === 'namespaces' && parts.length > 2 && !namespaceSubresources.has(parts[2] ?? '');
  const namespace = inNamespace ? decodeSegment(parts.splice(0, 2)[1]) : undefined;
  const [plural, name, subresource, ...rest] = parts;
  // RBAC looks at a namespace itself as if it stood in it.
  const within = namespace ?? (plural === 'namespaces' && name ? decodeSegment(name) : undefined);
  return {
    group,
    version,
    plural: decodeSegment(plural),
    ...(within !== undefined && { namespace: within }),
    ...(name !== undefined && { name: decodeSegment(name) }),
    ...(subresource !== undefined && { subresource: decodeSegment(subresource) }),
    ...(rest.length > 0 && { rest: rest.join('/') }),
  };
}

/** @throws {StatusError} 400 when it is not URL encoded, or no name. */
export function decodeSegment(segment = ''): string {
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch {
    throw badRequest(`Cannot read the path: "${segment}" is not URL encoded`);
  }
  // A slash in a name would reach another key of the store.
  if (text === '' || text.includes('/') || text === '.' || text === '..')
    throw badRequest(`Cannot read the path: ${JSON.stringify(text)} is not a name`);
  return text;
}
