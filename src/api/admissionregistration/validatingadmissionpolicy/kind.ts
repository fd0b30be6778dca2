import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { validatingAdmissionPolicies } from '../../resource.ts';
import type { ValidatingAdmissionPolicy } from '../../types.ts';
import { validatePolicy } from './validate.ts';
import './fields.ts';

export const validatingAdmissionPolicy: Kind<ValidatingAdmissionPolicy> = {
  resource: validatingAdmissionPolicies,
  singular: 'validatingadmissionpolicy',
  message: 'admissionregistration/v1.ValidatingAdmissionPolicy',
  status: true,
  nameRule: 'subdomain',
  validate: validatePolicy,
  columns: [
    nameColumn,
    {
      name: 'Validations',
      type: 'integer',
      description: 'How many expressions it has.',
      value: (p) => p.spec?.validations?.length ?? 0,
    },
    {
      name: 'ParamKind',
      description: 'The kind of its parameters.',
      value: (p) =>
        p.spec?.paramKind ? p.spec.paramKind.apiVersion + '/' + p.spec.paramKind.kind : '<unset>',
    },
    ageColumn,
  ],
};
