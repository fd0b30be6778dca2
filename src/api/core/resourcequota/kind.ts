import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { resourceQuotas } from '../../resource.ts';
import type { ResourceQuota } from '../../types.ts';
import './fields.ts';

export const resourceQuota: Kind<ResourceQuota> = {
  resource: resourceQuotas,
  singular: 'resourcequota',
  shortNames: ['quota'],
  message: 'core/v1.ResourceQuota',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
