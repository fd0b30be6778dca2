import type { FieldError } from '../../errors.ts';
import type { ResourceClaimTemplate } from '../../types.ts';
import { immutable } from '../../validate/checks.ts';
import { validateClaimSpec } from '../devices.ts';

export const validateResourceClaimTemplate = ({ spec }: ResourceClaimTemplate): FieldError[] =>
  spec?.spec ? validateClaimSpec('spec.spec', spec.spec) : [];

export const validateResourceClaimTemplateUpdate = (
  now: ResourceClaimTemplate,
  old: ResourceClaimTemplate,
): FieldError[] => immutable('spec', now.spec, old.spec);
