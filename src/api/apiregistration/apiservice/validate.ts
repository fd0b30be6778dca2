/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/api-service-v1/ */
import { type FieldError, fieldInvalid } from '../../errors.ts';
import type { APIService } from '../../types.ts';
import { between, named } from '../../validate/checks.ts';

export function validateAPIService({ metadata, spec }: APIService): FieldError[] {
  if (!spec) return [];
  const { group = '', version = '', service } = spec;
  const name = `${version}.${group}`;
  const wrong = named('spec.version', version);
  if (metadata.name !== name)
    wrong.push(
      fieldInvalid(
        'metadata.name',
        metadata.name,
        '`spec.version+"."+spec.group` must be the name of the object',
      ),
    );
  return [
    ...wrong,
    ...between('spec.groupPriorityMinimum', spec.groupPriorityMinimum, 1, 20_000),
    ...between('spec.versionPriority', spec.versionPriority, 1, 1000),
    ...(service
      ? [...named('spec.service.namespace', service.namespace), ...named('spec.service.name', service.name)]
      : []),
  ];
}
