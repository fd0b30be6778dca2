/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/priority-level-configuration-v1/ */
import { type FieldError, fieldForbidden, fieldRequired } from '../../errors.ts';
import type { PriorityLevelConfiguration } from '../../types.ts';
import { between, nonNegative, oneOf } from '../../validate/checks.ts';

export function validatePriorityLevelConfiguration({ spec }: PriorityLevelConfiguration): FieldError[] {
  if (!spec) return [];
  const { type, limited, exempt } = spec;
  const wrong = oneOf('spec.type', type, ['Exempt', 'Limited']);
  if (type === 'Limited') {
    if (exempt) wrong.push(fieldForbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (!limited) wrong.push(fieldRequired('spec.limited', 'must not be empty when type is Limited'));
  }
  if (type === 'Exempt' && limited)
    wrong.push(fieldForbidden('spec.limited', 'must be nil if the type is not Limited'));
  return [
    ...wrong,
    ...nonNegative('spec.limited.nominalConcurrencyShares', limited?.nominalConcurrencyShares),
    ...between('spec.limited.lendablePercent', limited?.lendablePercent, 0, 100),
    ...(limited
      ? oneOf('spec.limited.limitResponse.type', limited.limitResponse?.type, ['Queue', 'Reject'])
      : []),
  ];
}
