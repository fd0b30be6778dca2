import { defaultPodSpec } from '../../core/pod/defaults.ts';
import type { Kind } from '../../kind.ts';
import { cronJobs } from '../../resource.ts';
import type { CronJob } from '../../types.ts';
import { columns } from './columns.ts';
import './fields.ts';
import { validateCronJob, validateCronJobCreate } from './validate.ts';

export const cronJob: Kind<CronJob> = {
  resource: cronJobs,
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  message: 'batch/v1.CronJob',
  status: true,
  nameRule: 'subdomain',
  // What else a Job has it gets when it is made.
  defaults({ spec }) {
    const template = spec?.jobTemplate.spec?.template;
    if (template?.spec) defaultPodSpec(template.spec);
  },
  validate: validateCronJob,
  validateCreate: validateCronJobCreate,
  columns,
};
