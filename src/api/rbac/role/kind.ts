import { nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { roles } from '../../resource.ts';
import type { Role } from '../../types.ts';
import { validateRole } from '../validateRules.ts';
import './fields.ts';

export const role: Kind<Role> = {
  resource: roles,
  singular: 'role',
  message: 'rbac/v1.Role',
  nameRule: 'path',
  validate: validateRole,
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
