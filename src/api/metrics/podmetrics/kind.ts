import { nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { formatQuantity, milliOf } from '../../quantity.ts';
import { metricsGroup, type PodMetrics } from '../usage.ts';
import './fields.ts';

const sumOf = ({ containers = [] }: PodMetrics, of: 'cpu' | 'memory'): string =>
  formatQuantity({
    milli: containers.reduce((total, { usage }) => total + milliOf(usage[of]), 0n),
    form: of === 'cpu' ? 'decimal' : 'binary',
  });

export const podMetrics: Kind<PodMetrics> = {
  resource: {
    group: metricsGroup,
    version: 'v1beta1',
    kind: 'PodMetrics',
    plural: 'pods',
    namespaced: true,
  },
  singular: '',
  message: 'metrics/v1beta1.PodMetrics',
  verbs: ['get', 'list'],
  columns: [
    nameColumn,
    { name: 'CPU', description: 'What its containers use of cores.', value: (pod) => sumOf(pod, 'cpu') },
    { name: 'Memory', description: 'Their working sets.', value: (pod) => sumOf(pod, 'memory') },
    {
      name: 'Window',
      description: 'The time over which cpu was counted.',
      value: ({ window = '' }) => window,
    },
  ],
};
