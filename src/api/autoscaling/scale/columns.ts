import { ageColumn, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { KubeObject } from '../../types.ts';

interface Counted extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas: number };
}

/** What `kubectl get --subresource=scale` prints. */
export const scaleColumns: readonly Column<Counted>[] = [
  nameColumn,
  {
    name: 'Desired',
    type: 'integer',
    description: 'Pods there should be.',
    value: (scale) => scale.spec?.replicas ?? 0,
  },
  {
    name: 'Available',
    type: 'integer',
    description: 'Pods there are.',
    value: (scale) => scale.status?.replicas ?? 0,
  },
  ageColumn,
];
