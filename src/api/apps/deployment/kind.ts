import { ageColumn, nameColumn, selectorColumn, templateColumns } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { deployments } from '../../resource.ts';
import type { Deployment } from '../../types.ts';
import { defaultDeployment } from './defaults.ts';
import './fields.ts';
import { validateDeployment, validateDeploymentUpdate } from './validate.ts';

export const deployment: Kind<Deployment> = {
  resource: deployments,
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  message: 'apps/v1.Deployment',
  status: true,
  scale: { selector: 'spec.selector' },
  nameRule: 'subdomain',
  defaults: defaultDeployment,
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  columns: [
    nameColumn,
    {
      name: 'Ready',
      description: 'Pods that are ready, of all that should be.',
      value: (d) => `${d.status?.readyReplicas ?? 0}/${d.spec?.replicas ?? 0}`,
    },
    {
      name: 'Up-to-date',
      description: 'Pods of the newest template.',
      value: (d) => d.status?.updatedReplicas ?? 0,
    },
    {
      name: 'Available',
      description: 'Pods that have been ready for minReadySeconds.',
      value: (d) => d.status?.availableReplicas ?? 0,
    },
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
};
