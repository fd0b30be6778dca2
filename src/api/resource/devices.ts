/** What claims and classes say about devices. https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
import { type FieldError, fieldRequired } from '../errors.ts';
import { isDnsLabel, isDnsSubdomain } from '../names.ts';
import type { ResourceClaim } from '../types.ts';
import { each, named, unique } from '../validate/checks.ts';

export type ClaimSpec = NonNullable<ResourceClaim['spec']>;

interface Selector {
  cel?: { expression?: string };
}

export const validateSelectors = (field: string, selectors: readonly Selector[] | undefined): FieldError[] =>
  each(field, selectors, ({ cel }, at) =>
    cel ? named(`${at}.cel.expression`, cel.expression) : [fieldRequired(`${at}.cel`)],
  );

export function validateClaimSpec(field: string, { devices }: ClaimSpec): FieldError[] {
  const { requests } = devices ?? {};
  return [
    ...each(`${field}.devices.requests`, requests, ({ name, exactly, firstAvailable = [] }, at) => {
      const wrong = named(`${at}.name`, name, isDnsLabel);
      if (!exactly && firstAvailable.length === 0)
        wrong.push(fieldRequired(at, 'exactly one of `exactly` or `firstAvailable` is required'));
      if (exactly)
        wrong.push(
          ...named(`${at}.exactly.deviceClassName`, exactly.deviceClassName, isDnsSubdomain),
          ...validateSelectors(`${at}.exactly.selectors`, exactly.selectors),
        );
      return wrong;
    }),
    ...unique(
      requests,
      (request) => request.name,
      (i) => `${field}.devices.requests[${i}].name`,
    ),
  ];
}
