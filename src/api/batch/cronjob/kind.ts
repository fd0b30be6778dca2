import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { cronJobs } from '../../resource.ts';
import type { CronJob } from '../../types.ts';
import './fields.ts';

export const cronJob: Kind<CronJob> = {
  resource: cronJobs,
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  message: 'batch/v1.CronJob',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
