import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { mutatingAdmissionPolicies } from '../../resource.ts';
import type { MutatingAdmissionPolicy } from '../../types.ts';
import { validateMutatingPolicy } from './validate.ts';
import './fields.ts';

export const mutatingAdmissionPolicy: Kind<MutatingAdmissionPolicy> = {
  resource: mutatingAdmissionPolicies,
  singular: 'mutatingadmissionpolicy',
  message: 'admissionregistration/v1.MutatingAdmissionPolicy',
  nameRule: 'subdomain',
  validate: validateMutatingPolicy,
  columns: [
    nameColumn,
    {
      name: 'Mutations',
      type: 'integer',
      description: 'How many changes it makes.',
      value: (p) => p.spec?.mutations?.length ?? 0,
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
