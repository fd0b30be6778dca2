import type { Kind } from '../../kind.ts';
import { daemonSets } from '../../resource.ts';
import type { DaemonSet } from '../../types.ts';
import { columns } from './columns.ts';
import { defaultDaemonSet } from './defaults.ts';
import './fields.ts';
import { validateDaemonSet, validateDaemonSetUpdate } from './validate.ts';

export const daemonSet: Kind<DaemonSet> = {
  resource: daemonSets,
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  message: 'apps/v1.DaemonSet',
  status: true,
  nameRule: 'subdomain',
  defaults: defaultDaemonSet,
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  columns,
};
