/** https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired } from '../../errors.ts';
import { isQualifiedName } from '../../names.ts';
import { milliOf } from '../../quantity.ts';
import type { ResourceQuota } from '../../types.ts';
import { because, each, immutable } from '../../validate/checks.ts';
import { isStandard, isWhole, kindNameOf } from './names.ts';
import type { Scope } from './scopes.ts';

const SCOPES: readonly string[] = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
];
const OPERATORS: readonly string[] = ['DoesNotExist', 'Exists', 'In', 'NotIn'];

export function validateResourceQuota({ spec = {} }: ResourceQuota): FieldError[] {
  return [...validateHard('spec.hard', spec.hard), ...validateScopes(spec), ...validateSelector(spec)];
}

export const validateResourceQuotaStatus = ({ status }: ResourceQuota): FieldError[] => [
  ...validateHard('status.hard', status?.hard),
  ...validateHard('status.used', status?.used),
];

export const validateResourceQuotaUpdate = (now: ResourceQuota, old: ResourceQuota): FieldError[] => [
  ...immutable('spec.scopes', now.spec?.scopes, old.spec?.scopes),
  ...immutable('spec.scopeSelector', now.spec?.scopeSelector, old.spec?.scopeSelector),
];

const validateHard = (field: string, amounts: Record<string, string> = {}): FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => {
    const at = `${field}[${name}]`;
    const wrong = because(at, name, isQualifiedName(name));
    if (wrong.length === 0 && !name.includes('/') && !isStandard(name))
      wrong.push(fieldInvalid(at, name, 'must be a standard resource for quotas'));
    if (milliOf(amount) < 0n) wrong.push(fieldInvalid(at, amount, 'must be greater than or equal to 0'));
    if (isWhole(name) && milliOf(amount) % 1000n !== 0n)
      wrong.push(fieldInvalid(at, amount, 'must be an integer'));
    return wrong;
  });

type Spec = NonNullable<ResourceQuota['spec']>;

function validateScopes({ scopes = [], hard = {} }: Spec): FieldError[] {
  if (scopes.length === 0) return [];
  const field = 'spec.scopes';
  const wrong = scopes
    .filter((scope) => !SCOPES.includes(scope))
    .map(() => fieldInvalid(field, scopes, 'unsupported scope'));
  for (const name of Object.keys(hard))
    for (const scope of scopes)
      if (kindNameOf(name) !== 'pods' || (scope === 'BestEffort' && name !== 'pods'))
        wrong.push(fieldInvalid(field, scopes, `unsupported scope applied to resource`));
  if (isConflicting(scopes)) wrong.push(fieldInvalid(field, scopes, 'conflicting scopes'));
  return wrong.slice(0, 1);
}

const isConflicting = (scopes: readonly string[]): boolean =>
  (scopes.includes('BestEffort') && scopes.includes('NotBestEffort')) ||
  (scopes.includes('Terminating') && scopes.includes('NotTerminating'));

function validateSelector({ scopeSelector }: Spec): FieldError[] {
  const field = 'spec.scopeSelector.matchExpressions';
  return each(field, scopeSelector?.matchExpressions, ({ scopeName, operator, values = [] }: Scope, at) => {
    const wrong: FieldError[] = [];
    if (!SCOPES.includes(scopeName))
      wrong.push(fieldInvalid(`${at}.scopeName`, scopeName, 'unsupported scope'));
    if (!OPERATORS.includes(operator)) wrong.push(fieldNotSupported(`${at}.operator`, operator, OPERATORS));
    else if (scopeName !== 'PriorityClass' && operator !== 'Exists')
      wrong.push(
        fieldInvalid(
          `${at}.operator`,
          operator,
          "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
        ),
      );
    const needsValues = operator === 'In' || operator === 'NotIn';
    if (needsValues && values.length === 0)
      wrong.push(
        fieldRequired(
          `${at}.values`,
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
      );
    if (!needsValues && values.length > 0)
      wrong.push(
        fieldInvalid(
          `${at}.values`,
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
      );
    return wrong;
  });
}
