import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isLabelValue, isQualifiedName } from '../../names.ts';
import type { Affinity, NodeSelectorTerm, PodSpec, Toleration } from '../../types.ts';
import { because, between, each, named, oneOf } from '../../validate/checks.ts';
import { validateLabelSelector, validateLabels } from '../../validate/labels.ts';
import { TAINT_EFFECTS } from '../../validate/words.ts';

type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type PodAffinityTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type NodeRequirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

export const validateScheduling = (field: string, spec: PodSpec): FieldError[] => [
  ...validateLabels(`${field}.nodeSelector`, spec.nodeSelector),
  ...validateNodeAffinity(`${field}.affinity.nodeAffinity`, spec.affinity?.nodeAffinity),
  ...validatePodAffinity(`${field}.affinity.podAffinity`, spec.affinity?.podAffinity),
  ...validatePodAffinity(`${field}.affinity.podAntiAffinity`, spec.affinity?.podAntiAffinity),
  ...each(`${field}.tolerations`, spec.tolerations, validateToleration),
  ...each(`${field}.topologySpreadConstraints`, spec.topologySpreadConstraints, (constraint, at) => [
    ...(constraint.maxSkew > 0
      ? []
      : [fieldInvalid(`${at}.maxSkew`, constraint.maxSkew, 'must be greater than zero')]),
    ...named(`${at}.topologyKey`, constraint.topologyKey, isQualifiedName),
    ...oneOf(`${at}.whenUnsatisfiable`, constraint.whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
    ...validateLabelSelector(`${at}.labelSelector`, constraint.labelSelector),
  ]),
  ...each(`${field}.schedulingGates`, spec.schedulingGates, ({ name }, at) =>
    named(`${at}.name`, name, isQualifiedName),
  ),
];

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
function validateToleration(toleration: Toleration, field: string): FieldError[] {
  const { key, operator = 'Equal', value, effect, tolerationSeconds } = toleration;
  const wrong = key ? because(`${field}.key`, key, isQualifiedName(key)) : [];
  if (!key && operator !== 'Exists')
    wrong.push(
      fieldInvalid(
        `${field}.operator`,
        operator,
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    );
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    wrong.push(
      fieldInvalid(
        `${field}.effect`,
        effect ?? '',
        "effect must be 'NoExecute' when `tolerationSeconds` is set",
      ),
    );
  if (operator === 'Exists') {
    if (value)
      wrong.push(
        fieldInvalid(`${field}.operator`, toleration, "value must be empty when `operator` is 'Exists'"),
      );
  } else if (operator === 'Equal' || operator === '')
    wrong.push(...because(`${field}.operator`, value ?? '', isLabelValue(value ?? '')));
  else wrong.push(...oneOf(`${field}.operator`, operator, ['Equal', 'Exists']));
  if (effect) wrong.push(...oneOf(`${field}.effect`, effect, TAINT_EFFECTS));
  return wrong;
}

function validateNodeAffinity(field: string, affinity: NodeAffinity | undefined): FieldError[] {
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const at = `${field}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  return [
    ...(required && !required.nodeSelectorTerms?.length
      ? [fieldRequired(at, 'must have at least one node selector term')]
      : []),
    ...each(at, required?.nodeSelectorTerms, validateNodeTerm),
    ...each(
      `${field}.preferredDuringSchedulingIgnoredDuringExecution`,
      affinity?.preferredDuringSchedulingIgnoredDuringExecution,
      ({ weight, preference }, at) => [
        ...validateWeight(`${at}.weight`, weight),
        ...validateNodeTerm(preference ?? {}, `${at}.preference`),
      ],
    ),
  ];
}

export const validateNodeTerm = (term: NodeSelectorTerm, field: string): FieldError[] => [
  ...each(`${field}.matchExpressions`, term.matchExpressions, (r, at) => [
    ...validateOperator(r, at),
    ...because(`${at}.key`, r.key, isQualifiedName(r.key)),
  ]),
  ...each(`${field}.matchFields`, term.matchFields, validateOperator),
];

function validateOperator({ operator, values = [] }: NodeRequirement, field: string): FieldError[] {
  const at = `${field}.values`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [fieldRequired(at, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [fieldForbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    case 'Gt':
    case 'Lt':
      return values.length === 1
        ? []
        : [fieldRequired(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return [fieldInvalid(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}

const validatePodAffinity = (field: string, affinity: PodAffinity | undefined): FieldError[] => [
  ...each(
    `${field}.requiredDuringSchedulingIgnoredDuringExecution`,
    affinity?.requiredDuringSchedulingIgnoredDuringExecution,
    validatePodTerm,
  ),
  ...each(
    `${field}.preferredDuringSchedulingIgnoredDuringExecution`,
    affinity?.preferredDuringSchedulingIgnoredDuringExecution,
    ({ weight, podAffinityTerm }, at) => [
      ...validateWeight(`${at}.weight`, weight),
      ...validatePodTerm(podAffinityTerm, `${at}.podAffinityTerm`),
    ],
  ),
];

const validatePodTerm = (term: PodAffinityTerm | undefined, field: string): FieldError[] => [
  ...(term?.topologyKey
    ? because(`${field}.topologyKey`, term.topologyKey, isQualifiedName(term.topologyKey))
    : [fieldRequired(`${field}.topologyKey`, 'can not be empty')]),
  ...validateLabelSelector(`${field}.labelSelector`, term?.labelSelector),
  ...validateLabelSelector(`${field}.namespaceSelector`, term?.namespaceSelector),
];

const validateWeight = (field: string, weight: number): FieldError[] =>
  between(field, weight, 1, 100).map(() => fieldInvalid(field, weight, 'must be in the range 1-100'));
