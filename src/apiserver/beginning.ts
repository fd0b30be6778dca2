/** What an object of some kinds begins with, whatever its creator says. */
import type { Kind } from '../api/kind.ts';
import type { Written } from './meta.ts';

/** A node is made by its kubelet, which knows its status already. */
const withStatus: ReadonlySet<string> = new Set(['nodes']);

export function beginning({ resource, status }: Kind, object: Written): Written {
  if (resource.group === '' && resource.plural === 'namespaces') return namespaceBeginning(object);
  if (!status || (resource.group === '' && withStatus.has(resource.plural))) return object;
  const { status: _, ...rest } = object;
  return rest;
}

/** `kubernetes` is taken away by the namespace controller when nothing is left in the namespace. */
function namespaceBeginning({ status: _, ...object }: Written): Written {
  const { finalizers = [] } = (object.spec ?? {}) as { finalizers?: string[] };
  return {
    ...object,
    spec: { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
  };
}
