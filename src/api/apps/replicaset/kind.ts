import { ageColumn, nameColumn, selectorColumn, templateColumns } from '../../columns.ts';
import { defaultPodSpec } from '../../core/pod/defaults.ts';
import type { Kind } from '../../kind.ts';
import { replicaSets } from '../../resource.ts';
import type { ReplicaSet } from '../../types.ts';
import './fields.ts';
import { validateReplicaSet, validateReplicaSetUpdate } from './validate.ts';

export const replicaSet: Kind<ReplicaSet> = {
  resource: replicaSets,
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  message: 'apps/v1.ReplicaSet',
  status: true,
  scale: { selector: 'spec.selector' },
  nameRule: 'subdomain',
  selectableFields: { 'status.replicas': (rs) => String(rs.status?.replicas ?? 0) },
  defaults({ spec }) {
    if (spec?.template?.spec) defaultPodSpec(spec.template.spec);
  },
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  columns: [
    nameColumn,
    {
      name: 'Desired',
      type: 'integer',
      description: 'Pods there should be.',
      value: (rs) => rs.spec?.replicas ?? 0,
    },
    {
      name: 'Current',
      type: 'integer',
      description: 'Pods there are.',
      value: (rs) => rs.status?.replicas ?? 0,
    },
    {
      name: 'Ready',
      type: 'integer',
      description: 'Pods that are ready.',
      value: (rs) => rs.status?.readyReplicas ?? 0,
    },
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
};
