import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { volumeAttributesClasses } from '../../resource.ts';
import type { VolumeAttributesClass } from '../../types.ts';
import './fields.ts';
import { validateVolumeAttributesClass, validateVolumeAttributesClassUpdate } from './validate.ts';

export const volumeAttributesClass: Kind<VolumeAttributesClass> = {
  resource: volumeAttributesClasses,
  singular: 'volumeattributesclass',
  shortNames: ['vac'],
  message: 'storage/v1.VolumeAttributesClass',
  nameRule: 'subdomain',
  validate: validateVolumeAttributesClass,
  validateUpdate: validateVolumeAttributesClassUpdate,
  columns: [
    nameColumn,
    { name: 'DriverName', description: 'The driver that knows the attributes.', value: (c) => c.driverName },
    ageColumn,
  ],
};
