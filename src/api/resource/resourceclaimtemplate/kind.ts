import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { resourceClaimTemplates } from '../../resource.ts';
import type { ResourceClaimTemplate } from '../../types.ts';
import './fields.ts';
import { validateResourceClaimTemplate, validateResourceClaimTemplateUpdate } from './validate.ts';

export const resourceClaimTemplate: Kind<ResourceClaimTemplate> = {
  resource: resourceClaimTemplates,
  singular: 'resourceclaimtemplate',
  message: 'resource/v1.ResourceClaimTemplate',
  nameRule: 'subdomain',
  validate: validateResourceClaimTemplate,
  validateUpdate: validateResourceClaimTemplateUpdate,
  columns: [nameColumn, ageColumn],
};
