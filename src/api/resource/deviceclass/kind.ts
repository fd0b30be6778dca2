import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { deviceClasses } from '../../resource.ts';
import type { DeviceClass } from '../../types.ts';
import './fields.ts';
import { validateDeviceClass } from './validate.ts';

export const deviceClass: Kind<DeviceClass> = {
  resource: deviceClasses,
  singular: 'deviceclass',
  message: 'resource/v1.DeviceClass',
  nameRule: 'subdomain',
  validate: validateDeviceClass,
  columns: [nameColumn, ageColumn],
};
