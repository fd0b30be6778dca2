import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { resourceClaims } from '../../resource.ts';
import type { ResourceClaim } from '../../types.ts';
import './fields.ts';
import { validateResourceClaim, validateResourceClaimUpdate } from './validate.ts';

export const resourceClaim: Kind<ResourceClaim> = {
  resource: resourceClaims,
  singular: 'resourceclaim',
  message: 'resource/v1.ResourceClaim',
  status: true,
  nameRule: 'subdomain',
  validate: validateResourceClaim,
  validateUpdate: validateResourceClaimUpdate,
  columns: [
    nameColumn,
    {
      name: 'State',
      description: 'Whether it is allocated and reserved.',
      value: (c) =>
        [c.status?.allocation ? 'allocated' : '', c.status?.reservedFor?.length ? 'reserved' : '']
          .filter(Boolean)
          .join(',') || 'pending',
    },
    ageColumn,
  ],
};
