import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { apiServices } from '../../resource.ts';
import type { APIService } from '../../types.ts';
import './fields.ts';
import { validateAPIService } from './validate.ts';

export const apiService: Kind<APIService> = {
  resource: apiServices,
  singular: 'apiservice',
  categories: ['api-extensions'],
  message: 'apiregistration/v1.APIService',
  status: true,
  nameRule: 'subdomain',
  validate: validateAPIService,
  columns: [nameColumn, ageColumn],
};
