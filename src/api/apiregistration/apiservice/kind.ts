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
  columns: [
    nameColumn,
    { name: 'Service', description: 'The Service that answers for it, or Local.', value: server },
    { name: 'Available', description: 'Whether somebody answers for it.', value: availability },
    ageColumn,
  ],
};

function server({ spec }: APIService): string {
  return spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local';
}

function availability({ status }: APIService): string {
  const available = status?.conditions?.find(({ type }) => type === 'Available');
  if (!available) return 'Unknown';
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`;
}
