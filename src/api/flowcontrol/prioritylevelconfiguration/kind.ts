import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { priorityLevelConfigurations } from '../../resource.ts';
import type { PriorityLevelConfiguration } from '../../types.ts';
import './fields.ts';
import { validatePriorityLevelConfiguration } from './validate.ts';

export const priorityLevelConfiguration: Kind<PriorityLevelConfiguration> = {
  resource: priorityLevelConfigurations,
  singular: 'prioritylevelconfiguration',
  message: 'flowcontrol/v1.PriorityLevelConfiguration',
  status: true,
  nameRule: 'subdomain',
  validate: validatePriorityLevelConfiguration,
  columns: [
    nameColumn,
    { name: 'Type', description: 'Whether it is limited.', value: (p) => p.spec?.type ?? '' },
    {
      name: 'NominalConcurrencyShares',
      type: 'integer',
      description: 'Its share of the requests at a time.',
      value: (p) => p.spec?.limited?.nominalConcurrencyShares ?? null,
    },
    ageColumn,
  ],
};
