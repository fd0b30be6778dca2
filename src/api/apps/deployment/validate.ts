import { type FieldError, fieldForbidden, fieldInvalid } from '../../errors.ts';
import type { Deployment } from '../../types.ts';
import { immutable, nonNegative, oneOf } from '../../validate/checks.ts';
import { validateIntOrPercent, validateWorkload } from '../validateWorkload.ts';

type Spec = NonNullable<Deployment['spec']>;

export function validateDeployment({ spec }: Deployment): FieldError[] {
  if (!spec) return [];
  return [
    ...validateWorkload(spec, 'empty selector is invalid for deployment'),
    ...validateStrategy(spec),
    ...validateDeadline(spec),
  ];
}

function validateStrategy({ strategy }: Spec): FieldError[] {
  const at = 'spec.strategy.rollingUpdate';
  const rolling = strategy?.rollingUpdate;
  const wrong = oneOf('spec.strategy.type', strategy?.type, ['Recreate', 'RollingUpdate']);
  if (strategy?.type === 'Recreate' && rolling)
    wrong.push(fieldForbidden(at, "may not be specified when strategy `type` is 'Recreate'"));
  if (strategy?.type !== 'RollingUpdate') return wrong;
  const { maxUnavailable, maxSurge }: { maxUnavailable?: number | string; maxSurge?: number | string } =
    rolling ?? {};
  wrong.push(
    ...validateIntOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...validateIntOrPercent(`${at}.maxSurge`, maxSurge),
  );
  if (isNone(maxUnavailable) && isNone(maxSurge))
    wrong.push(
      fieldInvalid(`${at}.maxUnavailable`, maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'),
    );
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100)
    wrong.push(fieldInvalid(`${at}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  return wrong;
}

/** With neither a pod more nor a pod less, nothing can ever be replaced. */
const isNone = (value: number | string | undefined) => Number.parseInt(String(value ?? 0), 10) === 0;

function validateDeadline({ progressDeadlineSeconds: deadline, minReadySeconds = 0 }: Spec): FieldError[] {
  const at = 'spec.progressDeadlineSeconds';
  const wrong = nonNegative(at, deadline);
  if (deadline !== undefined && deadline <= minReadySeconds)
    wrong.push(fieldInvalid(at, deadline, 'must be greater than minReadySeconds'));
  return wrong;
}

/** Pods of the old selector would be orphans. */
export const validateDeploymentUpdate = ({ spec }: Deployment, { spec: old }: Deployment): FieldError[] =>
  immutable('spec.selector', spec?.selector, old?.selector);
