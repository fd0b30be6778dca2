import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { persistentVolumeClaims } from '../../resource.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import './fields.ts';

export const persistentVolumeClaim: Kind<PersistentVolumeClaim> = {
  resource: persistentVolumeClaims,
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  message: 'core/v1.PersistentVolumeClaim',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
