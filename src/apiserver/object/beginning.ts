/** What an object of some kinds begins with, whatever its creator says. */
import type { Kind } from '../../api/kind.ts';
import type { Written } from './meta.ts';
import { without } from './without.ts';

/** A node is made by its kubelet, which knows its status already. */
const withStatus: ReadonlySet<string> = new Set(['nodes']);

export function beginning({ resource, status }: Kind, object: Written): Written {
  if (resource.group === '' && resource.plural === 'namespaces') return namespaceBeginning(object);
  if (!status || (resource.group === '' && withStatus.has(resource.plural))) return object;
  return without(object, 'status');
}

/** `kubernetes` is taken away by the namespace controller when nothing is left in the namespace. */
function namespaceBeginning(object: Written): Written {
  const { finalizers = [] } = (object.spec ?? {}) as { finalizers?: string[] };
  return {
    ...without(object, 'status'),
    spec: { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
  };
}
