import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { priorityLevelConfigurations } from '../../resource.ts';
import type { PriorityLevelConfiguration } from '../../types.ts';
import './fields.ts';
import { validatePriorityLevelConfiguration } from './validate.ts';

const queuing = ({ spec }: PriorityLevelConfiguration) => spec?.limited?.limitResponse?.queuing;

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
      description: 'Its share of the requests at a time.',
      value: (p) => p.spec?.limited?.nominalConcurrencyShares ?? NONE,
    },
    {
      name: 'Queues',
      description: 'How many queues hold what has to wait.',
      value: (p) => queuing(p)?.queues ?? NONE,
    },
    {
      name: 'HandSize',
      description: 'How many of the queues a flow may use.',
      value: (p) => queuing(p)?.handSize ?? NONE,
    },
    {
      name: 'QueueLengthLimit',
      description: 'How many requests may wait in a queue.',
      value: (p) => queuing(p)?.queueLengthLimit ?? NONE,
    },
    ageColumn,
  ],
};
