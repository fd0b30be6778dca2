/** Which objects a list, watch or deletecollection is about: `labelSelector` and `fieldSelector`. */
import type { Kind } from '../api/kind.ts';
import {
  checkFieldSelector,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '../api/selectors.ts';
import type { KubeObject } from '../api/types.ts';

export interface Selection {
  /** There are no selectors. */
  readonly everything: boolean;
  /** Set when only an object of this name can be meant. */
  readonly name?: string;
  readonly matches: (object: KubeObject) => boolean;
}

/** Throws a 400 when a selector cannot be read or the kind cannot be selected by such a field. */
export function selectionOf(kind: Kind, query: URLSearchParams): Selection {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
  checkFieldSelector(kind, fields);
  const name = fields.find(({ field, equal }) => field === 'metadata.name' && equal)?.value;
  return {
    everything: labels.length === 0 && fields.length === 0,
    ...(name && { name }),
    matches: (object) => matchesLabels(labels, object.metadata.labels) && matchesFields(kind, fields, object),
  };
}
