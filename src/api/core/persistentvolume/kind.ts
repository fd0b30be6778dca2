import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { persistentVolumes } from '../../resource.ts';
import type { PersistentVolume } from '../../types.ts';
import './fields.ts';

export const persistentVolume: Kind<PersistentVolume> = {
  resource: persistentVolumes,
  singular: 'persistentvolume',
  shortNames: ['pv'],
  message: 'core/v1.PersistentVolume',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
