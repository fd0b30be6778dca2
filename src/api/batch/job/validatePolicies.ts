/**
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy and …#success-policy
 */
import {
  type FieldError,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooMany,
} from '../../errors.ts';
import { isQualifiedName } from '../../names.ts';
import type { Job } from '../../types.ts';
import { each, named, nonNegative, unique } from '../../validate/checks.ts';
import { parseIndexes } from './indexes.ts';

type Spec = NonNullable<Job['spec']>;
type FailureRule = NonNullable<Spec['podFailurePolicy']>['rules'][number];
type ExitCodes = NonNullable<FailureRule['onExitCodes']>;
type SuccessRule = NonNullable<Spec['successPolicy']>['rules'][number];

const MAX_RULES = 20;
const MAX_VALUES = 255;

export function validatePodFailurePolicy(field: string, spec: Spec): FieldError[] {
  if (!spec.podFailurePolicy) return [];
  const at = `${field}.podFailurePolicy.rules`;
  const { rules } = spec.podFailurePolicy;
  return [
    ...(rules.length > MAX_RULES ? [fieldTooMany(at, rules.length, MAX_RULES)] : []),
    ...each(at, rules, (rule, ruleAt) => validateFailureRule(rule, ruleAt, spec)),
  ];
}

function validateFailureRule(rule: FailureRule, at: string, spec: Spec): FieldError[] {
  const { onExitCodes, onPodConditions } = rule;
  const wrong = validateAction(rule, at, spec);
  if (onExitCodes) wrong.push(...validateExitCodes(onExitCodes, `${at}.onExitCodes`, spec));
  if (onPodConditions?.length) {
    if (onPodConditions.length > MAX_RULES)
      wrong.push(fieldTooMany(`${at}.onPodConditions`, onPodConditions.length, MAX_RULES));
    wrong.push(
      ...each(`${at}.onPodConditions`, onPodConditions, ({ type, status }, condition) => [
        ...named(`${condition}.type`, type, isQualifiedName),
        ...choice(`${condition}.status`, status, ['False', 'True', 'Unknown']),
      ]),
    );
  }
  if (onExitCodes && onPodConditions?.length)
    wrong.push(fieldInvalid(at, rule, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!onExitCodes && !onPodConditions?.length)
    wrong.push(fieldInvalid(at, rule, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return wrong;
}

function validateAction({ action }: FailureRule, at: string, spec: Spec): FieldError[] {
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    return [fieldInvalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set')];
  return choice(`${at}.action`, action, ['Count', 'FailIndex', 'FailJob', 'Ignore']);
}

function choice(field: string, value: string | undefined, supported: string[]): FieldError[] {
  if (!value) return [fieldRequired(field, `valid values: ${supported.map((s) => `"${s}"`).join(', ')}`)];
  return supported.includes(value) ? [] : [fieldNotSupported(field, value, supported)];
}

function validateExitCodes(codes: ExitCodes, at: string, { template }: Spec): FieldError[] {
  const { containerName, operator, values } = codes;
  const names = [...(template.spec?.initContainers ?? []), ...(template.spec?.containers ?? [])].map(
    (c) => c.name,
  );
  const wrong = choice(`${at}.operator`, operator, ['In', 'NotIn']);
  if (containerName !== undefined && !names.includes(containerName))
    wrong.push(
      fieldInvalid(
        `${at}.containerName`,
        containerName,
        'must be one of the container or initContainer names in the pod template',
      ),
    );
  if (values.length === 0) wrong.push(fieldInvalid(`${at}.values`, values, 'at least one value is required'));
  if (values.length > MAX_VALUES) wrong.push(fieldTooMany(`${at}.values`, values.length, MAX_VALUES));
  if (values.some((value, i) => i > 0 && value < (values[i - 1] ?? 0)))
    wrong.push(fieldInvalid(`${at}.values`, values, 'must be ordered'));
  wrong.push(...unique(values, String, (i) => `${at}.values[${i}]`));
  wrong.push(
    ...each(`${at}.values`, values, (value, valueAt) =>
      operator === 'In' && value === 0
        ? [fieldInvalid(valueAt, value, 'must not be 0 for the In operator')]
        : [],
    ),
  );
  return wrong;
}

export function validateSuccessPolicy(field: string, spec: Spec): FieldError[] {
  if (!spec.successPolicy) return [];
  if (spec.completionMode !== 'Indexed')
    return [fieldInvalid(`${field}.successPolicy`, spec.successPolicy, 'requires indexed completion mode')];
  const at = `${field}.successPolicy.rules`;
  const { rules } = spec.successPolicy;
  if (rules.length === 0)
    return [fieldRequired(at, 'at least one rules must be specified when the successPolicy is specified')];
  return [
    ...(rules.length > MAX_RULES ? [fieldTooMany(at, rules.length, MAX_RULES)] : []),
    ...each(at, rules, (rule, ruleAt) => validateSuccessRule(rule, ruleAt, spec.completions ?? 0)),
  ];
}

function validateSuccessRule(rule: SuccessRule, at: string, completions: number): FieldError[] {
  const { succeededCount: count, succeededIndexes: text } = rule;
  if (count === undefined && text === undefined)
    return [fieldRequired(at, 'at least one of succeededCount or succeededIndexes must be specified')];
  const wrong = nonNegative(`${at}.succeededCount`, count);
  let total = completions;
  if (text !== undefined) {
    const indexes = parseIndexes(text);
    if (!indexes || indexes.some((i) => i >= completions))
      wrong.push(
        fieldInvalid(
          `${at}.succeededIndexes`,
          text,
          `error parsing succeededIndexes: must be increasing numbers and ranges below ${completions}`,
        ),
      );
    else total = indexes.length;
  }
  if (count !== undefined && count > total)
    wrong.push(
      fieldInvalid(
        `${at}.succeededCount`,
        count,
        text === undefined
          ? `must be less than or equal to ${completions} (the number of specified completions)`
          : `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`,
      ),
    );
  return wrong;
}
