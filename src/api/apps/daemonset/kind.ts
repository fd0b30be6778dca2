import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { daemonSets } from '../../resource.ts';
import type { DaemonSet } from '../../types.ts';
import './fields.ts';

export const daemonSet: Kind<DaemonSet> = {
  resource: daemonSets,
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  message: 'apps/v1.DaemonSet',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
