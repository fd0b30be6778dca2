import type { FieldError } from '../../errors.ts';
import type { Lease } from '../../types.ts';
import { atLeast, nonNegative } from '../../validate/checks.ts';

export const validateLease = ({ spec }: Lease): FieldError[] => [
  ...atLeast('spec.leaseDurationSeconds', spec?.leaseDurationSeconds, 1),
  ...nonNegative('spec.leaseTransitions', spec?.leaseTransitions),
];
