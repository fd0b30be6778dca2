import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { clusterRoleBindings } from '../../resource.ts';
import type { ClusterRoleBinding } from '../../types.ts';
import { defaultBinding, validateBindingUpdate, validateClusterRoleBinding } from '../binding.ts';
import { subjectColumns } from '../subjectColumns.ts';
import './fields.ts';

export const clusterRoleBinding: Kind<ClusterRoleBinding> = {
  resource: clusterRoleBindings,
  singular: 'clusterrolebinding',
  message: 'rbac/v1.ClusterRoleBinding',
  nameRule: 'path',
  defaults: defaultBinding,
  validate: validateClusterRoleBinding,
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
