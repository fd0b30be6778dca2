import '../../core/persistentvolume/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'storage/v1.VolumeAttachment',
  `
  - typeMeta meta/v1.TypeMeta       inline
  1 metadata meta/v1.ObjectMeta
  2 spec     VolumeAttachmentSpec   required = {}
  3 status   VolumeAttachmentStatus = {}
`,
);

message(
  'storage/v1.VolumeAttachmentList',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ListMeta
  2 items    VolumeAttachment[] required
`,
);

message(
  'storage/v1.VolumeAttachmentSpec',
  `
  1 attacher string                 required
  2 source   VolumeAttachmentSource required = {}
  3 nodeName string                 required
`,
);

message(
  'storage/v1.VolumeAttachmentStatus',
  `
  1 attached           bool        required
  2 attachmentMetadata {string}
  3 attachError        VolumeError
  4 detachError        VolumeError
`,
);

message(
  'storage/v1.VolumeAttachmentSource',
  `
  1 persistentVolumeName string                       pointer
  2 inlineVolumeSpec     core/v1.PersistentVolumeSpec inline
`,
);

message(
  'storage/v1.VolumeError',
  `
  1 time      time
  2 message   string
  3 errorCode int32  pointer
`,
);
