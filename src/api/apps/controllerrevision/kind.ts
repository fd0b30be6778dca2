import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { controllerRevisions } from '../../resource.ts';
import type { ControllerRevision } from '../../types.ts';
import './fields.ts';
import { validateControllerRevision, validateControllerRevisionUpdate } from './validate.ts';

/** `statefulset.apps/web` */
function controller({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find((o) => o.controller);
  if (!owner) return NONE;
  const [group = '', version] = owner.apiVersion.split('/');
  const kind = version === undefined ? owner.kind : `${owner.kind}.${group}`;
  return `${kind.toLowerCase()}/${owner.name}`;
}

export const controllerRevision: Kind<ControllerRevision> = {
  resource: controllerRevisions,
  singular: 'controllerrevision',
  message: 'apps/v1.ControllerRevision',
  nameRule: 'subdomain',
  validate: validateControllerRevision,
  validateUpdate: validateControllerRevisionUpdate,
  columns: [
    nameColumn,
    { name: 'Controller', description: 'Whose revision it is.', value: controller },
    { name: 'Revision', description: 'Higher is newer.', value: (r) => r.revision ?? 0 },
    ageColumn,
  ],
};
