import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { csiDrivers } from '../../resource.ts';
import type { CSIDriver } from '../../types.ts';
import './fields.ts';
import { validateCSIDriver, validateCSIDriverUpdate } from './validate.ts';

export const csiDriver: Kind<CSIDriver> = {
  resource: csiDrivers,
  singular: 'csidriver',
  message: 'storage/v1.CSIDriver',
  nameRule: 'subdomain',
  validate: validateCSIDriver,
  validateUpdate: validateCSIDriverUpdate,
  columns: [
    nameColumn,
    {
      name: 'AttachRequired',
      type: 'boolean',
      description: 'Whether volumes are attached to nodes.',
      value: (d) => d.spec?.attachRequired ?? true,
    },
    {
      name: 'PodInfoOnMount',
      type: 'boolean',
      description: 'Whether the driver is told of the pod.',
      value: (d) => d.spec?.podInfoOnMount ?? false,
    },
    {
      name: 'StorageCapacity',
      type: 'boolean',
      description: 'Whether the driver reports capacity.',
      value: (d) => d.spec?.storageCapacity ?? false,
    },
    {
      name: 'TokenRequests',
      description: 'Audiences of the tokens it wants.',
      value: (d) => (d.spec?.tokenRequests ?? []).map((t) => t.audience).join(',') || '<unset>',
    },
    {
      name: 'RequiresRepublish',
      type: 'boolean',
      description: 'Whether it is called again and again.',
      value: (d) => d.spec?.requiresRepublish ?? false,
    },
    {
      name: 'Modes',
      description: 'How volumes live.',
      value: (d) => (d.spec?.volumeLifecycleModes ?? []).join(',') || NONE,
    },
    ageColumn,
  ],
};
