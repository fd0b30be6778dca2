import type { Kind } from '../../kind.ts';
import { replicationControllers } from '../../resource.ts';
import type { ReplicationController } from '../../types.ts';
import { columns } from './columns.ts';
import { defaultReplicationController } from './defaults.ts';
import './fields.ts';
import { validateReplicationController } from './validate.ts';

export const replicationController: Kind<ReplicationController> = {
  resource: replicationControllers,
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  message: 'core/v1.ReplicationController',
  status: true,
  scale: { selector: 'spec.selector' },
  nameRule: 'subdomain',
  selectableFields: { 'status.replicas': (rc) => String(rc.status?.replicas ?? 0) },
  defaults: defaultReplicationController,
  validate: validateReplicationController,
  columns,
};
