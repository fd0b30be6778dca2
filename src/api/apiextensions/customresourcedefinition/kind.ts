import { nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { customResourceDefinitions } from '../../resource.ts';
import type { CustomResourceDefinition } from '../../types.ts';
import './fields.ts';
import { validate, validateCreate, validateUpdate } from './validate.ts';

/** Holds a definition that was deleted until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

export const customResourceDefinition: Kind<CustomResourceDefinition> = {
  resource: customResourceDefinitions,
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  message: 'apiextensions/v1.CustomResourceDefinition',
  status: true,
  nameRule: 'subdomain',
  deletionFinalizer: cleanupFinalizer,
  columns: [
    nameColumn,
    {
      name: 'Created At',
      type: 'date',
      description: 'When it was created.',
      value: (c) => c.metadata.creationTimestamp ?? '',
    },
  ],
  defaults({ spec, status }) {
    const { names } = spec;
    names.singular ||= names.kind.toLowerCase();
    names.listKind ||= `${names.kind}List`;
    // A version that becomes the one for storage is noted at once: no object of it is there before.
    const storage = spec.versions.find((version) => version.storage)?.name;
    if (storage && status?.storedVersions && !status.storedVersions.includes(storage))
      status.storedVersions.push(storage);
  },
  validate,
  validateCreate,
  validateUpdate,
};
