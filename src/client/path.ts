/** Where an object stands in the API: `/apis/apps/v1/namespaces/default/deployments/web/scale`. */
import type { Resource } from '../api/resource.ts';
import type { ListQuery } from './contract.ts';

export interface Place {
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: string | undefined;
}

export function pathOf(resource: Resource, { namespace, name, subresource }: Place = {}): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const tail = [name, subresource]
    .filter((part) => part !== undefined)
    .map((part) => `/${encodeURIComponent(part)}`);
  return `${root}${scope}/${resource.plural}${tail.join('')}`;
}

const parameters = [
  'labelSelector',
  'fieldSelector',
  'resourceVersion',
  'resourceVersionMatch',
  'limit',
  'continue',
] as const;

export function searchOf(query: ListQuery): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of parameters) if (query[name] !== undefined) search.set(name, String(query[name]));
  return search;
}

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;
