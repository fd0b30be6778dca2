/** What a request wants to do, in the words of RBAC. */
import { type FieldRequirement, parseFieldSelector } from '../api/selectors.ts';
import type { Attributes, Authorizer } from './authz/contract.ts';
import { refused } from './authz/refusal.ts';
import type { ApiRequest } from './contract.ts';
import { without } from './object/without.ts';
import type { ResourcePath } from './request/path.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** Throws a 403 when the user may not do this. To be called when the authorizer has caught up. */
export function authorize(authorizer: Authorizer, attributes: Attributes): void {
  const decision = authorizer.authorize(attributes);
  if (!decision.allowed) throw refused(attributes, decision);
}

export function attributesOf(request: ApiRequest, target: ResourcePath | undefined): Attributes {
  const { user, path } = request;
  if (!target) return { user, path, verb: request.method.toLowerCase() };
  const resource = without(target, 'rest');
  const verb = verbOf(request, target);
  const selected = verb === 'list' || verb === 'watch' ? selectedFields(request.query) : undefined;
  const name = target.name ?? selected?.['metadata.name'];
  return {
    user,
    path,
    verb,
    resource: { ...resource, ...(name && { name }) },
    ...(selected && { selected }),
  };
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

/**
 * What a field selector pins to one value. Who may read one object by name may also list and watch just that
 * one: a node its pods' secrets.
 */
function selectedFields(query: URLSearchParams): Record<string, string> | undefined {
  const selector = query.get('fieldSelector');
  return selector ? pinnedFields(parseFieldSelector(selector)) : undefined;
}

export function pinnedFields(requirements: readonly FieldRequirement[]): Record<string, string> {
  return Object.fromEntries(requirements.filter((r) => r.equal).map((r) => [r.field, r.value]));
}
