/** Where objects stand in the store: `/<group or core>/<plural>/<namespace>/<name>`. */
import type { Kind } from '../../api/kind.ts';
import type { Resource } from '../../api/resource.ts';

type Named = Pick<Resource, 'group' | 'plural' | 'namespaced'>;

/** Where objects of the kind stand: those of every version in one place. */
export const placeOf = ({ resource, stored }: Kind): Named => stored?.resource ?? resource;

/** Below it stand all objects of the kind, or those of one namespace. */
export function prefixOf(resource: Named, namespace?: string): string {
  const all = `/${resource.group || 'core'}/${resource.plural}/`;
  return resource.namespaced && namespace ? `${all}${namespace}/` : all;
}

export const keyOf = (resource: Named, namespace: string | undefined, name: string): string =>
  prefixOf(resource, namespace) + name;
