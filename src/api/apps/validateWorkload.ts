/** What Deployments, ReplicaSets and StatefulSets have in common: replicas, a selector, a pod template. */
import { validatePodTemplate } from '../core/pod/validate.ts';
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../errors.ts';
import { isPercent } from '../names.ts';
import { labelSelector, matchesLabels } from '../selectors.ts';
import type { LabelSelector, PodTemplateSpec } from '../types.ts';
import { because, nonNegative, oneOf } from '../validate/checks.ts';
import { validateLabelSelector } from '../validate/labels.ts';

interface WorkloadSpec {
  replicas?: number;
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  selector?: LabelSelector;
  template?: PodTemplateSpec;
}

/** `emptySelector` is what to say of a selector that selects everything. */
export const validateWorkload = (spec: WorkloadSpec, emptySelector: string): FieldError[] => [
  ...nonNegative('spec.replicas', spec.replicas),
  ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
  ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ...validateSelector(spec, emptySelector),
  ...validatePodTemplate('spec.template', spec.template),
  ...validateLifetime(spec.template),
];

function validateSelector({ selector, template }: WorkloadSpec, emptySelector: string): FieldError[] {
  if (!selector) return [fieldRequired('spec.selector')];
  const wrong = validateLabelSelector('spec.selector', selector);
  if (wrong.length > 0) return wrong;
  const requirements = labelSelector(selector);
  if (requirements.length === 0) return [fieldInvalid('spec.selector', selector, emptySelector)];
  const labels = template?.metadata?.labels ?? {};
  return matchesLabels(requirements, labels)
    ? []
    : [fieldInvalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
}

/** A pod of a workload lives until the workload ends it. */
function validateLifetime(template: PodTemplateSpec | undefined): FieldError[] {
  const spec = template?.spec;
  const at = 'spec.template.spec';
  return [
    ...(spec ? oneOf(`${at}.restartPolicy`, spec.restartPolicy, ['Always']) : []),
    ...(spec?.activeDeadlineSeconds === undefined
      ? []
      : [
          fieldForbidden(
            `${at}.activeDeadlineSeconds`,
            'activeDeadlineSeconds in ReplicaSet is not Supported',
          ),
        ]),
  ];
}

/** A number or a percentage of pods. */
export function validateIntOrPercent(field: string, value: number | string | undefined): FieldError[] {
  if (typeof value === 'string') return because(field, value, isPercent(value));
  return nonNegative(field, value);
}
