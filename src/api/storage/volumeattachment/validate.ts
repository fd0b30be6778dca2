/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/ */
import { type FieldError, fieldRequired } from '../../errors.ts';
import type { VolumeAttachment } from '../../types.ts';
import { immutable, named } from '../../validate/checks.ts';

export function validateVolumeAttachment({ spec }: VolumeAttachment): FieldError[] {
  const { source } = spec ?? {};
  return [
    ...named('spec.attacher', spec?.attacher),
    ...named('spec.nodeName', spec?.nodeName),
    ...(source?.persistentVolumeName || source?.inlineVolumeSpec
      ? []
      : [
          fieldRequired(
            'spec.source',
            'must specify exactly one of inlineVolumeSpec and persistentVolumeName',
          ),
        ]),
  ];
}

export const validateVolumeAttachmentUpdate = (now: VolumeAttachment, old: VolumeAttachment): FieldError[] =>
  immutable('spec', now.spec, old.spec);
