import type { Kind } from '../../kind.ts';
import { persistentVolumeClaims } from '../../resource.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { columns } from './columns.ts';
import './fields.ts';
import { validateClaim, validateClaimUpdate } from './validate.ts';

export const persistentVolumeClaim: Kind<PersistentVolumeClaim> = {
  resource: persistentVolumeClaims,
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  message: 'core/v1.PersistentVolumeClaim',
  status: true,
  nameRule: 'subdomain',
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  columns,
};
