import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { serviceAccounts } from '../../resource.ts';
import type { ServiceAccount } from '../../types.ts';
import './fields.ts';

export const serviceAccount: Kind<ServiceAccount> = {
  resource: serviceAccounts,
  singular: 'serviceaccount',
  shortNames: ['sa'],
  message: 'core/v1.ServiceAccount',
  nameRule: 'subdomain',
  columns: [
    nameColumn,
    { name: 'Secrets', description: 'How many secrets it lists.', value: (sa) => sa.secrets?.length ?? 0 },
    ageColumn,
  ],
};
