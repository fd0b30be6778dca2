import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { validatingAdmissionPolicyBindings } from '../../resource.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../types.ts';
import { validatePolicyBinding } from './validate.ts';
import './fields.ts';

export const validatingAdmissionPolicyBinding: Kind<ValidatingAdmissionPolicyBinding> = {
  resource: validatingAdmissionPolicyBindings,
  singular: 'validatingadmissionpolicybinding',
  message: 'admissionregistration/v1.ValidatingAdmissionPolicyBinding',
  nameRule: 'subdomain',
  validate: validatePolicyBinding,
  columns: [
    nameColumn,
    {
      name: 'PolicyName',
      description: 'The policy that it puts to use.',
      value: (b) => b.spec?.policyName ?? '',
    },
    { name: 'ParamRef', description: 'The parameters.', value: (b) => b.spec?.paramRef?.name ?? '<unset>' },
    ageColumn,
  ],
};
