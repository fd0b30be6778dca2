import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { podDisruptionBudgets } from '../../resource.ts';
import type { PodDisruptionBudget } from '../../types.ts';
import './fields.ts';

export const podDisruptionBudget: Kind<PodDisruptionBudget> = {
  resource: podDisruptionBudgets,
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  message: 'policy/v1.PodDisruptionBudget',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
