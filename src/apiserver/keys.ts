/** Where objects stand in the store: `/<group or core>/<plural>/<namespace>/<name>`. */
import type { Resource } from '../api/resource.ts';

type Named = Pick<Resource, 'group' | 'plural' | 'namespaced'>;

/** Below it stand all objects of the kind, or those of one namespace. */
export function prefixOf(resource: Named, namespace?: string): string {
  const all = `/${resource.group || 'core'}/${resource.plural}/`;
  return resource.namespaced && namespace ? `${all}${namespace}/` : all;
}

export const keyOf = (resource: Named, namespace: string | undefined, name: string): string =>
  prefixOf(resource, namespace) + name;
