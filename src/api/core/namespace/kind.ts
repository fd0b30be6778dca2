import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { namespaces } from '../../resource.ts';
import type { Namespace } from '../../types.ts';
import './fields.ts';
import { validateNamespace } from './validate.ts';

export const namespace: Kind<Namespace> = {
  resource: namespaces,
  singular: 'namespace',
  shortNames: ['ns'],
  message: 'core/v1.Namespace',
  // A namespace takes a while to empty, so there is no deleting all of them at once.
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  status: true,
  nameRule: 'label',
  selectableFields: { 'status.phase': (ns) => ns.status?.phase ?? '' },
  validate: validateNamespace,
  columns: [
    nameColumn,
    {
      name: 'Status',
      description: 'Active, or Terminating while it empties.',
      value: (ns) => ns.status?.phase ?? '',
    },
    ageColumn,
  ],
};
