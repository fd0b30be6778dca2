import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { flowSchemas } from '../../resource.ts';
import type { FlowSchema } from '../../types.ts';
import './fields.ts';
import { validateFlowSchema } from './validate.ts';

export const flowSchema: Kind<FlowSchema> = {
  resource: flowSchemas,
  singular: 'flowschema',
  message: 'flowcontrol/v1.FlowSchema',
  status: true,
  nameRule: 'subdomain',
  validate: validateFlowSchema,
  columns: [
    nameColumn,
    {
      name: 'PriorityLevel',
      description: 'The level that its requests get.',
      value: (f) => f.spec?.priorityLevelConfiguration?.name ?? '',
    },
    {
      name: 'MatchingPrecedence',
      type: 'integer',
      description: 'The lower, the earlier it is asked.',
      value: (f) => f.spec?.matchingPrecedence ?? 0,
    },
    {
      name: 'DistinguisherMethod',
      description: 'What tells flows apart.',
      value: (f) => f.spec?.distinguisherMethod?.type ?? NONE,
    },
    ageColumn,
    {
      name: 'MissingPL',
      description: 'Whether its level is missing.',
      value: (f) => f.status?.conditions?.find((c) => c.type === 'Dangling')?.status ?? '?',
    },
  ],
};
