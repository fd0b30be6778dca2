import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { ipAddresses } from '../../resource.ts';
import type { IPAddress } from '../../types.ts';
import './fields.ts';
import { validateIPAddress, validateIPAddressUpdate } from './validate.ts';

export const ipAddress: Kind<IPAddress> = {
  resource: ipAddresses,
  singular: 'ipaddress',
  shortNames: ['ip'],
  message: 'networking/v1.IPAddress',
  nameRule: 'path',
  validate: validateIPAddress,
  validateUpdate: validateIPAddressUpdate,
  columns: [
    nameColumn,
    {
      name: 'ParentRef',
      description: 'What has the address.',
      value: (a) => {
        const p = a.spec?.parentRef;
        return p ? [p.group, p.resource, p.namespace, p.name].filter(Boolean).join('/') : '';
      },
    },
    ageColumn,
  ],
};
