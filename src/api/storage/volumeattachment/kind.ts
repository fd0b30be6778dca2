import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { volumeAttachments } from '../../resource.ts';
import type { VolumeAttachment } from '../../types.ts';
import './fields.ts';
import { validateVolumeAttachment, validateVolumeAttachmentUpdate } from './validate.ts';

export const volumeAttachment: Kind<VolumeAttachment> = {
  resource: volumeAttachments,
  singular: 'volumeattachment',
  message: 'storage/v1.VolumeAttachment',
  status: true,
  nameRule: 'subdomain',
  validate: validateVolumeAttachment,
  validateUpdate: validateVolumeAttachmentUpdate,
  columns: [
    nameColumn,
    { name: 'Attacher', description: 'The driver that attaches it.', value: (v) => v.spec?.attacher ?? '' },
    { name: 'PV', description: 'The volume.', value: (v) => v.spec?.source?.persistentVolumeName ?? '' },
    { name: 'Node', description: 'The node.', value: (v) => v.spec?.nodeName ?? '' },
    {
      name: 'Attached',
      type: 'boolean',
      description: 'Whether it is attached.',
      value: (v) => v.status?.attached ?? false,
    },
    ageColumn,
  ],
};
