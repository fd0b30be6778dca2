/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
import { validateIntOrPercent } from '../../apps/validateWorkload.ts';
import { type FieldError, fieldInvalid } from '../../errors.ts';
import type { PodDisruptionBudget } from '../../types.ts';
import { oneOf } from '../../validate/checks.ts';
import { validateLabelSelector } from '../../validate/labels.ts';

const EVICTION_POLICIES: readonly string[] = ['AlwaysAllow', 'IfHealthyBudget'];

export function validatePodDisruptionBudget({ spec = {} }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const both = minAvailable !== undefined && maxUnavailable !== undefined;
  return [
    ...(both ? [fieldInvalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...validateAmount('spec.minAvailable', minAvailable),
    ...validateAmount('spec.maxUnavailable', maxUnavailable),
    ...validateLabelSelector('spec.selector', selector),
    ...(policy === undefined ? [] : oneOf('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES)),
  ];
}

/** A number from 0 on, or a share from `0%` to `100%`. */
function validateAmount(field: string, amount: number | string | undefined): FieldError[] {
  const wrong = validateIntOrPercent(field, amount);
  if (wrong.length === 0 && typeof amount === 'string' && Number.parseInt(amount, 10) > 100)
    wrong.push(fieldInvalid(field, amount, 'must not be greater than 100%'));
  return wrong;
}
