import { ageColumn, formatLabels, nameColumn, templateColumns } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { ReplicationController } from '../../types.ts';

export const columns: readonly Column<ReplicationController>[] = [
  nameColumn,
  {
    name: 'Desired',
    type: 'integer',
    description: 'Pods there should be.',
    value: (rc) => rc.spec?.replicas ?? 0,
  },
  {
    name: 'Current',
    type: 'integer',
    description: 'Pods there are.',
    value: (rc) => rc.status?.replicas ?? 0,
  },
  {
    name: 'Ready',
    type: 'integer',
    description: 'Pods that are ready.',
    value: (rc) => rc.status?.readyReplicas ?? 0,
  },
  ageColumn,
  ...templateColumns,
  {
    name: 'Selector',
    priority: 1,
    description: 'Which pods belong to it.',
    value: (rc) => formatLabels(rc.spec?.selector),
  },
];
