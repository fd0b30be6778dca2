import { type FieldError, fieldInvalid } from '../../errors.ts';
import type { Event } from '../../types.ts';

/** An event stands in the namespace of what it is about; one about a node in `default` or `kube-system`. */
export function validateEvent({ metadata, involvedObject }: Event): FieldError[] {
  const at = 'involvedObject.namespace';
  const about = involvedObject.namespace ?? '';
  const said = (why: string) => [fieldInvalid(at, about, why)];
  if (about === '')
    return ['default', 'kube-system'].includes(metadata.namespace ?? '')
      ? []
      : said('does not match event.namespace');
  return about === metadata.namespace ? [] : said('does not match event.namespace');
}
