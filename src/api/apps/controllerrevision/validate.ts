import { type FieldError, fieldRequired } from '../../errors.ts';
import type { ControllerRevision } from '../../types.ts';
import { immutable, nonNegative } from '../../validate/checks.ts';

export const validateControllerRevision = ({ data, revision }: ControllerRevision): FieldError[] => [
  ...(data === undefined ? [fieldRequired('data', 'data is mandatory')] : []),
  ...nonNegative('revision', revision),
];

export const validateControllerRevisionUpdate = (
  now: ControllerRevision,
  old: ControllerRevision,
): FieldError[] => immutable('data', now.data, old.data);
