import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { csiStorageCapacities } from '../../resource.ts';
import type { CSIStorageCapacity } from '../../types.ts';
import './fields.ts';
import { validateCSIStorageCapacity, validateCSIStorageCapacityUpdate } from './validate.ts';

export const csiStorageCapacity: Kind<CSIStorageCapacity> = {
  resource: csiStorageCapacities,
  singular: 'csistoragecapacity',
  message: 'storage/v1.CSIStorageCapacity',
  nameRule: 'subdomain',
  validate: validateCSIStorageCapacity,
  validateUpdate: validateCSIStorageCapacityUpdate,
  columns: [
    nameColumn,
    { name: 'StorageClassName', description: 'The class.', value: (c) => c.storageClassName ?? '' },
    { name: 'Capacity', description: 'What is left.', value: (c) => c.capacity ?? '' },
    ageColumn,
  ],
};
