import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { mutatingAdmissionPolicyBindings } from '../../resource.ts';
import type { MutatingAdmissionPolicyBinding } from '../../types.ts';
import { validateBindingTarget } from '../validatingadmissionpolicybinding/validate.ts';
import './fields.ts';

export const mutatingAdmissionPolicyBinding: Kind<MutatingAdmissionPolicyBinding> = {
  resource: mutatingAdmissionPolicyBindings,
  singular: 'mutatingadmissionpolicybinding',
  message: 'admissionregistration/v1.MutatingAdmissionPolicyBinding',
  nameRule: 'subdomain',
  validate: ({ spec }) => validateBindingTarget(spec ?? {}),
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
