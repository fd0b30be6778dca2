import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { resourceQuotas } from '../../resource.ts';
import type { ResourceQuota } from '../../types.ts';
import './fields.ts';
import { limitColumn, requestColumn } from './columns.ts';
import {
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from './validate.ts';

export const resourceQuota: Kind<ResourceQuota> = {
  resource: resourceQuotas,
  singular: 'resourcequota',
  shortNames: ['quota'],
  message: 'core/v1.ResourceQuota',
  status: true,
  nameRule: 'subdomain',
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
  validateSubresource: { status: { check: validateResourceQuotaStatus }.check },
  columns: [nameColumn, requestColumn, limitColumn, ageColumn],
};
