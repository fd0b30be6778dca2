import type { FieldError } from '../../errors.ts';
import type { ResourceClaim } from '../../types.ts';
import { immutable } from '../../validate/checks.ts';
import { validateClaimSpec } from '../devices.ts';

export const validateResourceClaim = ({ spec }: ResourceClaim): FieldError[] =>
  spec ? validateClaimSpec('spec', spec) : [];

export const validateResourceClaimUpdate = (now: ResourceClaim, old: ResourceClaim): FieldError[] =>
  immutable('spec', now.spec, old.spec);
