import { nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { clusterRoles } from '../../resource.ts';
import type { ClusterRole } from '../../types.ts';
import { validateClusterRole } from '../validateRules.ts';
import './fields.ts';

export const clusterRole: Kind<ClusterRole> = {
  resource: clusterRoles,
  singular: 'clusterrole',
  message: 'rbac/v1.ClusterRole',
  nameRule: 'path',
  validate: validateClusterRole,
  columns: [
    nameColumn,
    {
      name: 'Created At',
      type: 'date',
      description: 'When it was created.',
      value: (r) => r.metadata.creationTimestamp ?? '',
    },
  ],
};
