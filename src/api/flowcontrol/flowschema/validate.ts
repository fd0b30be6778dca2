/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/flow-schema-v1/ */
import { type FieldError, fieldRequired } from '../../errors.ts';
import type { FlowSchema } from '../../types.ts';
import { between, each, named, oneOf } from '../../validate/checks.ts';

type Rule = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];

export function validateFlowSchema({ spec }: FlowSchema): FieldError[] {
  if (!spec) return [];
  const { distinguisherMethod, matchingPrecedence, priorityLevelConfiguration, rules } = spec;
  return [
    ...between('spec.matchingPrecedence', matchingPrecedence, 1, 10_000),
    ...named('spec.priorityLevelConfiguration.name', priorityLevelConfiguration?.name),
    ...(distinguisherMethod
      ? oneOf('spec.distinguisherMethod.type', distinguisherMethod.type, ['ByNamespace', 'ByUser'])
      : []),
    ...each('spec.rules', rules, validateRule),
  ];
}

function validateRule(
  { subjects, resourceRules = [], nonResourceRules = [] }: Rule,
  at: string,
): FieldError[] {
  const wrong: FieldError[] = [];
  if (subjects.length === 0)
    wrong.push(fieldRequired(`${at}.subjects`, 'subjects must contain at least one value'));
  if (resourceRules.length + nonResourceRules.length === 0)
    wrong.push(fieldRequired(at, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  return [
    ...wrong,
    ...each(`${at}.subjects`, subjects, ({ kind }, where) =>
      oneOf(`${where}.kind`, kind, ['Group', 'ServiceAccount', 'User']),
    ),
  ];
}
