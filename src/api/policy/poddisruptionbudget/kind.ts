import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { podDisruptionBudgets } from '../../resource.ts';
import type { PodDisruptionBudget } from '../../types.ts';
import './fields.ts';
import { validatePodDisruptionBudget } from './validate.ts';

export const podDisruptionBudget: Kind<PodDisruptionBudget> = {
  resource: podDisruptionBudgets,
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  message: 'policy/v1.PodDisruptionBudget',
  status: true,
  nameRule: 'subdomain',
  validate: validatePodDisruptionBudget,
  columns: [
    nameColumn,
    {
      name: 'Min Available',
      description: 'How many pods must stay available.',
      value: ({ spec }) => String(spec?.minAvailable ?? 'N/A'),
    },
    {
      name: 'Max Unavailable',
      description: 'How many pods may be unavailable.',
      value: ({ spec }) => String(spec?.maxUnavailable ?? 'N/A'),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'How many pods may be evicted now.',
      value: ({ status }) => status?.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
};
