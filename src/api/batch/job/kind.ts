import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { jobs } from '../../resource.ts';
import type { Job } from '../../types.ts';
import './fields.ts';

export const job: Kind<Job> = {
  resource: jobs,
  singular: 'job',
  categories: ['all'],
  message: 'batch/v1.Job',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
