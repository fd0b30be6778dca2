import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { leases } from '../../resource.ts';
import type { Lease } from '../../types.ts';
import './fields.ts';
import { validateLease } from './validate.ts';

export const lease: Kind<Lease> = {
  resource: leases,
  singular: 'lease',
  message: 'coordination/v1.Lease',
  nameRule: 'subdomain',
  validate: validateLease,
  columns: [
    nameColumn,
    { name: 'Holder', description: 'Who holds it.', value: (l) => l.spec?.holderIdentity ?? '' },
    ageColumn,
  ],
};
