import { ageColumn, formatLabels, nameColumn, selectorColumn, templateColumns } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { DaemonSet } from '../../types.ts';

export const columns: readonly Column<DaemonSet>[] = [
  nameColumn,
  {
    name: 'Desired',
    type: 'integer',
    description: 'Nodes that should run its pod.',
    value: (d) => d.status?.desiredNumberScheduled ?? 0,
  },
  {
    name: 'Current',
    type: 'integer',
    description: 'Of those, nodes that have its pod.',
    value: (d) => d.status?.currentNumberScheduled ?? 0,
  },
  {
    name: 'Ready',
    type: 'integer',
    description: 'Of those, nodes whose pod is ready.',
    value: (d) => d.status?.numberReady ?? 0,
  },
  {
    name: 'Up-to-date',
    type: 'integer',
    description: 'Nodes whose pod is of the newest template.',
    value: (d) => d.status?.updatedNumberScheduled ?? 0,
  },
  {
    name: 'Available',
    type: 'integer',
    description: 'Nodes whose pod has been ready for minReadySeconds.',
    value: (d) => d.status?.numberAvailable ?? 0,
  },
  {
    name: 'Node Selector',
    description: 'Labels of the nodes that are meant.',
    value: (d) => formatLabels(d.spec?.template?.spec?.nodeSelector),
  },
  ageColumn,
  ...templateColumns,
  selectorColumn,
];
