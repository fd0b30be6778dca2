import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isPathSegment } from '../../names.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';
import { atLeast, between, each, named, nonNegative, oneOf } from '../../validate/checks.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Metric = NonNullable<Spec['metrics']>[number];
type Target = NonNullable<Metric['resource']>['target'];
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

/** Each type of metric, and the field where it stands. */
const sources = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
} as const;

const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

export function validateAutoscaler({ spec }: HorizontalPodAutoscaler): FieldError[] {
  if (!spec) return [];
  const { minReplicas, maxReplicas, scaleTargetRef, behavior } = spec;
  return [
    ...atLeast('spec.minReplicas', minReplicas, 1),
    ...atLeast('spec.maxReplicas', maxReplicas, 1),
    ...(minReplicas !== undefined && maxReplicas < minReplicas
      ? [fieldInvalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...named('spec.scaleTargetRef.kind', scaleTargetRef.kind, isPathSegment),
    ...named('spec.scaleTargetRef.name', scaleTargetRef.name, isPathSegment),
    ...each('spec.metrics', spec.metrics, validateMetric),
    ...validateRules('spec.behavior.scaleUp', behavior?.scaleUp),
    ...validateRules('spec.behavior.scaleDown', behavior?.scaleDown),
  ];
}

function validateMetric(metric: Metric, field: string): FieldError[] {
  if (!metric.type) return [fieldRequired(`${field}.type`, 'must specify a metric source type')];
  const wrong = oneOf(`${field}.type`, metric.type, Object.keys(sources));
  if (wrong.length > 0) return wrong;
  const name = sources[metric.type as keyof typeof sources];
  const source = metric[name];
  const others = Object.values(sources).filter((other) => other !== name && metric[other]);
  return [
    ...others.map((other) =>
      fieldForbidden(`${field}.${other}`, 'must populate the given metric source only'),
    ),
    ...(source
      ? []
      : [fieldRequired(`${field}.${name}`, 'must populate information for the given metric source')]),
    ...(metric.resource && name === 'resource' ? validateResource(metric.resource, `${field}.resource`) : []),
    ...(metric.containerResource && name === 'containerResource'
      ? [
          ...named(`${field}.containerResource.container`, metric.containerResource.container),
          ...validateResource(metric.containerResource, `${field}.containerResource`),
        ]
      : []),
  ];
}

function validateResource({ name, target }: { name: string; target: Target }, field: string): FieldError[] {
  const at = `${field}.target`;
  const { averageUtilization, averageValue, type, value } = target;
  const wrong = [
    ...(name ? [] : [fieldRequired(`${field}.name`, 'must specify a resource name')]),
    ...(type
      ? oneOf(`${at}.type`, type, ['AverageValue', 'Utilization', 'Value'])
      : [fieldRequired(`${at}.type`, 'must specify a metric target type')]),
    ...atLeast(`${at}.averageUtilization`, averageUtilization, 1),
  ];
  if (averageUtilization === undefined && averageValue === undefined)
    wrong.push(
      fieldRequired(`${at}.averageUtilization`, 'must set either a target raw value or a target utilization'),
    );
  if (averageUtilization !== undefined && averageValue !== undefined)
    wrong.push(
      fieldForbidden(`${at}.averageValue`, 'may not set both a target raw value and a target utilization'),
    );
  if (value !== undefined)
    wrong.push(fieldForbidden(`${at}.value`, 'may not set value for a resource metric'));
  return wrong;
}

function validateRules(field: string, rules: Rules | undefined): FieldError[] {
  if (!rules) return [];
  const { policies, selectPolicy, stabilizationWindowSeconds: window } = rules;
  return [
    ...(window === undefined
      ? []
      : between(`${field}.stabilizationWindowSeconds`, window, 0, MAX_WINDOW_SECONDS)),
    ...oneOf(`${field}.selectPolicy`, selectPolicy ?? 'Max', ['Disabled', 'Max', 'Min']),
    ...(policies?.length ? [] : [fieldRequired(`${field}.policies`, 'must specify at least one Policy')]),
    ...each(`${field}.policies`, policies, ({ type, value, periodSeconds }, at) => [
      ...oneOf(`${at}.type`, type, ['Percent', 'Pods']),
      ...atLeast(`${at}.value`, value, 1),
      ...between(`${at}.periodSeconds`, periodSeconds, 1, MAX_PERIOD_SECONDS),
    ]),
  ];
}

export const validateAutoscalerStatus = ({ status }: HorizontalPodAutoscaler): FieldError[] => [
  ...nonNegative('status.currentReplicas', status?.currentReplicas),
  ...nonNegative('status.desiredReplicas', status?.desiredReplicas),
];
