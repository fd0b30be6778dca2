/** Which objects a list, watch or deletecollection is about: `labelSelector` and `fieldSelector`. */
import { setImmediate } from 'node:timers/promises';
import type { Kind } from '../../api/kind.ts';
import {
  checkFieldSelector,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '../../api/selectors.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Entry } from '../../store/contract.ts';

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

/** Objects that are looked at in one go: about a millisecond. */
const atOnce = 1000;

/** Those that are meant, in their order; others get a turn in between. */
export async function selected(entries: readonly Entry[], selection: Selection): Promise<readonly Entry[]> {
  if (selection.everything) return entries;
  const meant: Entry[] = [];
  for (let i = 0; i < entries.length; i += atOnce) {
    if (i > 0) await setImmediate();
    for (const entry of entries.slice(i, i + atOnce)) if (selection.matches(entry.object)) meant.push(entry);
  }
  return meant;
}
