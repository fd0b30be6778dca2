import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { roleBindings } from '../../resource.ts';
import type { RoleBinding } from '../../types.ts';
import { defaultBinding, validateBindingUpdate, validateRoleBinding } from '../binding.ts';
import { subjectColumns } from '../subjectColumns.ts';
import './fields.ts';

export const roleBinding: Kind<RoleBinding> = {
  resource: roleBindings,
  singular: 'rolebinding',
  message: 'rbac/v1.RoleBinding',
  nameRule: 'path',
  defaults: defaultBinding,
  validate: validateRoleBinding,
  validateUpdate: validateBindingUpdate,
  columns: [
    nameColumn,
    {
      name: 'Role',
      description: 'The role that is given.',
      value: (b) => (b.roleRef ? `${b.roleRef.kind}/${b.roleRef.name}` : ''),
    },
    ageColumn,
    ...subjectColumns,
  ],
};
