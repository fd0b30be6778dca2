import type { Kind } from '../../kind.ts';
import { persistentVolumes } from '../../resource.ts';
import type { PersistentVolume } from '../../types.ts';
import { columns } from './columns.ts';
import { defaultPersistentVolume } from './defaults.ts';
import './fields.ts';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './validate.ts';

export const persistentVolume: Kind<PersistentVolume> = {
  resource: persistentVolumes,
  singular: 'persistentvolume',
  shortNames: ['pv'],
  message: 'core/v1.PersistentVolume',
  status: true,
  nameRule: 'subdomain',
  defaults: defaultPersistentVolume,
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  columns,
};
