import { nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { metricsGroup, type NodeMetrics } from '../usage.ts';
import './fields.ts';

export const nodeMetrics: Kind<NodeMetrics> = {
  resource: {
    group: metricsGroup,
    version: 'v1beta1',
    kind: 'NodeMetrics',
    plural: 'nodes',
    namespaced: false,
  },
  singular: '',
  message: 'metrics/v1beta1.NodeMetrics',
  verbs: ['get', 'list'],
  columns: [
    nameColumn,
    { name: 'CPU', description: 'What it uses of cores.', value: ({ usage }) => usage?.cpu ?? '' },
    { name: 'Memory', description: 'Its working set.', value: ({ usage }) => usage?.memory ?? '' },
    {
      name: 'Window',
      description: 'The time over which cpu was counted.',
      value: ({ window = '' }) => window,
    },
  ],
};
