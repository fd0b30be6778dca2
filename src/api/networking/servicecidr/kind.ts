import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { serviceCIDRs } from '../../resource.ts';
import type { ServiceCIDR } from '../../types.ts';
import './fields.ts';
import { validateServiceCIDR, validateServiceCIDRUpdate } from './validate.ts';

export const serviceCIDR: Kind<ServiceCIDR> = {
  resource: serviceCIDRs,
  singular: 'servicecidr',
  message: 'networking/v1.ServiceCIDR',
  status: true,
  nameRule: 'subdomain',
  validate: validateServiceCIDR,
  validateUpdate: validateServiceCIDRUpdate,
  columns: [
    nameColumn,
    {
      name: 'CIDRs',
      description: 'Ranges of Service addresses.',
      value: (c) => (c.spec?.cidrs ?? []).join(','),
    },
    ageColumn,
  ],
};
