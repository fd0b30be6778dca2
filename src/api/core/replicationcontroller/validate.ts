import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired } from '../../errors.ts';
import { labelSelector, matchesLabels } from '../../selectors.ts';
import type { ReplicationController } from '../../types.ts';
import { nonNegative } from '../../validate/checks.ts';
import { validatePodTemplate } from '../pod/validate.ts';

type Spec = NonNullable<ReplicationController['spec']>;

export const validateReplicationController = ({ spec }: ReplicationController): FieldError[] => [
  ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
  ...validateSelector(spec ?? {}),
  ...nonNegative('spec.replicas', spec?.replicas),
  ...validateTemplate(spec ?? {}),
];

const isEmpty = (selector: Spec['selector']) => Object.keys(selector ?? {}).length === 0;

const validateSelector = ({ selector }: Spec): FieldError[] =>
  isEmpty(selector) ? [fieldRequired('spec.selector')] : [];

function validateTemplate({ template, selector = {} }: Spec): FieldError[] {
  const at = 'spec.template';
  if (!template) return [fieldRequired(at)];
  const labels = template.metadata?.labels ?? {};
  const restart = template.spec?.restartPolicy;
  return [
    ...(isEmpty(selector) || matchesLabels(labelSelector({ matchLabels: selector }), labels)
      ? []
      : [fieldInvalid(`${at}.metadata.labels`, labels, '`selector` does not match template `labels`')]),
    ...validatePodTemplate(at, template),
    ...(restart && restart !== 'Always'
      ? [fieldNotSupported(`${at}.spec.restartPolicy`, restart, ['Always'])]
      : []),
  ];
}
