import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { priorityClasses } from '../../resource.ts';
import type { PriorityClass } from '../../types.ts';
import './fields.ts';
import { validatePriorityClass, validatePriorityClassUpdate } from './validate.ts';

export const priorityClass: Kind<PriorityClass> = {
  resource: priorityClasses,
  singular: 'priorityclass',
  shortNames: ['pc'],
  message: 'scheduling/v1.PriorityClass',
  nameRule: 'subdomain',
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  columns: [
    nameColumn,
    {
      name: 'Value',
      type: 'integer',
      description: 'The higher, the more important.',
      value: (p) => p.value ?? 0,
    },
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods that name no class get it.',
      value: (p) => p.globalDefault ?? false,
    },
    ageColumn,
    {
      name: 'PreemptionPolicy',
      description: 'Whether others make room for its pods.',
      value: (p) => p.preemptionPolicy ?? '',
    },
  ],
};
