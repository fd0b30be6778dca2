import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired } from '../../errors.ts';
import type { DaemonSet } from '../../types.ts';
import { immutable } from '../../validate/checks.ts';
import { validateIntOrPercent, validateWorkload } from '../validateWorkload.ts';

type Spec = NonNullable<DaemonSet['spec']>;

export const validateDaemonSet = ({ spec }: DaemonSet): FieldError[] =>
  spec
    ? [...validateWorkload(spec, 'empty selector is invalid for daemonset'), ...validateStrategy(spec)]
    : [];

function validateStrategy({ updateStrategy }: Spec): FieldError[] {
  const at = 'spec.updateStrategy';
  const { type, rollingUpdate } = updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [fieldNotSupported(`${at}.type`, type ?? '', ['RollingUpdate', 'OnDelete'])];
  const { maxUnavailable, maxSurge }: { maxUnavailable?: number | string; maxSurge?: number | string } =
    rollingUpdate ?? {};
  const wrong = [
    ...validateIntOrPercent(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable),
    ...validateIntOrPercent(`${at}.rollingUpdate.maxSurge`, maxSurge),
  ];
  if (isSome(maxUnavailable) && isSome(maxSurge))
    wrong.push(
      fieldInvalid(
        `${at}.rollingUpdate.maxSurge`,
        maxSurge,
        'may not be set when maxUnavailable is non-zero',
      ),
    );
  // With neither a pod more nor a pod less, nothing can ever be replaced.
  if (!isSome(maxUnavailable) && !isSome(maxSurge))
    wrong.push(fieldRequired(`${at}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return wrong;
}

const isSome = (value: number | string | undefined) => Number.parseInt(String(value ?? 0), 10) !== 0;

export const validateDaemonSetUpdate = ({ spec }: DaemonSet, { spec: old }: DaemonSet): FieldError[] =>
  immutable('spec.selector', spec?.selector, old?.selector);
