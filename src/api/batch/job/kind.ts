import type { Kind } from '../../kind.ts';
import { jobs } from '../../resource.ts';
import type { Job } from '../../types.ts';
import { columns } from './columns.ts';
import { defaultJob } from './defaults.ts';
import './fields.ts';
import { validateJob, validateJobUpdate } from './validate.ts';

export const job: Kind<Job> = {
  resource: jobs,
  singular: 'job',
  categories: ['all'],
  message: 'batch/v1.Job',
  status: true,
  nameRule: 'subdomain',
  selectableFields: { 'status.successful': (j) => String(j.status?.succeeded ?? 0) },
  defaults: defaultJob,
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  columns,
};
