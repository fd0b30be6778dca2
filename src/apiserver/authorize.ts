/** What a request wants to do, in the words of RBAC. */
import { parseFieldSelector } from '../api/selectors.ts';
import type { Attributes, Authorizer } from './authz/contract.ts';
import { refused } from './authz/refusal.ts';
import type { ApiRequest } from './contract.ts';
import type { ResourcePath } from './path.ts';
import { without } from './without.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** Throws a 403 when the user may not do this. */
export function authorize(authorizer: Authorizer, attributes: Attributes): void {
  const decision = authorizer.authorize(attributes);
  if (!decision.allowed) throw refused(attributes, decision);
}

export function attributesOf(request: ApiRequest, target: ResourcePath | undefined): Attributes {
  const { user, path } = request;
  if (!target) return { user, path, verb: request.method.toLowerCase() };
  const resource = without(target, 'rest');
  const verb = verbOf(request, target);
  const name = target.name ?? (verb === 'list' || verb === 'watch' ? selectedName(request.query) : undefined);
  return { user, path, verb, resource: { ...resource, ...(name && { name }) } };
}

export function verbOf({ method, query }: ApiRequest, { name, subresource }: ResourcePath): Verb {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      if (name !== undefined || subresource !== undefined) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
  }
}

/** As Kubernetes reads a boolean in a query: there, and not `false` or `0`. */
export const isTrue = (value: string | null): boolean => value !== null && value !== 'false' && value !== '0';

/** Who may read one object by name may also list and watch just that one: a node its pods' secrets. */
function selectedName(query: URLSearchParams): string | undefined {
  const selector = query.get('fieldSelector');
  if (!selector) return undefined;
  return parseFieldSelector(selector).find((r) => r.field === 'metadata.name' && r.equal)?.value;
}
