import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { runtimeClasses } from '../../resource.ts';
import type { RuntimeClass } from '../../types.ts';
import './fields.ts';
import { validateRuntimeClass, validateRuntimeClassUpdate } from './validate.ts';

export const runtimeClass: Kind<RuntimeClass> = {
  resource: runtimeClasses,
  singular: 'runtimeclass',
  message: 'node/v1.RuntimeClass',
  nameRule: 'subdomain',
  validate: validateRuntimeClass,
  validateUpdate: validateRuntimeClassUpdate,
  columns: [
    nameColumn,
    { name: 'Handler', description: 'How the runtime calls it.', value: (c) => c.handler },
    ageColumn,
  ],
};
