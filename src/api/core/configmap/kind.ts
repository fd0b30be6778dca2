import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { configMaps } from '../../resource.ts';
import type { ConfigMap } from '../../types.ts';
import './fields.ts';
import { validateConfigMap, validateConfigMapUpdate } from './validate.ts';

const count = ({ data, binaryData }: ConfigMap) =>
  Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length;

export const configMap: Kind<ConfigMap> = {
  resource: configMaps,
  singular: 'configmap',
  shortNames: ['cm'],
  message: 'core/v1.ConfigMap',
  nameRule: 'subdomain',
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  columns: [nameColumn, { name: 'Data', description: 'How many keys it has.', value: count }, ageColumn],
};
