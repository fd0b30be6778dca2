import { type FieldError, fieldForbidden, fieldNotSupported } from '../../errors.ts';
import { ACCESS_MODES } from './accessModes.ts';

export function validateAccessModes(field: string, modes: readonly string[]): FieldError[] {
  const unknown = modes.filter((mode) => !ACCESS_MODES.some((known) => known === mode));
  const wrong = unknown.map((mode) => fieldNotSupported(field, mode, ACCESS_MODES.toSorted()));
  if (modes.includes('ReadWriteOncePod') && modes.length > 1)
    wrong.push(fieldForbidden(field, 'may not use ReadWriteOncePod with other access modes'));
  return wrong;
}
