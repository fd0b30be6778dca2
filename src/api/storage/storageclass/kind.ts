import { ageColumn, nameColumn } from '../../columns.ts';
import type { Column, Kind } from '../../kind.ts';
import { storageClasses } from '../../resource.ts';
import type { StorageClass } from '../../types.ts';
import { isDefaultClass } from '../defaultClass.ts';
import './fields.ts';
import { validateStorageClass, validateStorageClassUpdate } from './validate.ts';

const named: Column<StorageClass> = {
  ...nameColumn,
  value: (c) => `${c.metadata.name}${isDefaultClass(c) ? ' (default)' : ''}`,
};

export const storageClass: Kind<StorageClass> = {
  resource: storageClasses,
  singular: 'storageclass',
  shortNames: ['sc'],
  message: 'storage/v1.StorageClass',
  nameRule: 'subdomain',
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  columns: [
    named,
    { name: 'Provisioner', description: 'Who makes its volumes.', value: (c) => c.provisioner },
    {
      name: 'ReclaimPolicy',
      description: 'What becomes of a volume when its claim is gone.',
      value: (c) => c.reclaimPolicy ?? '',
    },
    {
      name: 'VolumeBindingMode',
      description: 'When a claim gets its volume.',
      value: (c) => c.volumeBindingMode ?? '',
    },
    {
      name: 'AllowVolumeExpansion',
      type: 'boolean',
      description: 'Whether a claim may grow.',
      value: (c) => c.allowVolumeExpansion ?? false,
    },
    ageColumn,
  ],
};
