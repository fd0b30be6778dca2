import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { storageClasses } from '../../resource.ts';
import type { StorageClass } from '../../types.ts';
import './fields.ts';

export const storageClass: Kind<StorageClass> = {
  resource: storageClasses,
  singular: 'storageclass',
  shortNames: ['sc'],
  message: 'storage/v1.StorageClass',
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
