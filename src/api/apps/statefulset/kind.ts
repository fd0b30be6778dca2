import { ageColumn, nameColumn, templateColumns } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { statefulSets } from '../../resource.ts';
import type { StatefulSet } from '../../types.ts';
import { defaultStatefulSet } from './defaults.ts';
import './fields.ts';
import { validateStatefulSet, validateStatefulSetUpdate } from './validate.ts';

export const statefulSet: Kind<StatefulSet> = {
  resource: statefulSets,
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  message: 'apps/v1.StatefulSet',
  status: true,
  scale: { selector: 'spec.selector' },
  // Its pods' hostnames begin with it.
  nameRule: 'label',
  defaults: defaultStatefulSet,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  columns: [
    nameColumn,
    {
      name: 'Ready',
      description: 'Pods that are ready, of all that should be.',
      value: (s) => `${s.status?.readyReplicas ?? 0}/${s.spec?.replicas ?? 0}`,
    },
    ageColumn,
    ...templateColumns,
  ],
};
