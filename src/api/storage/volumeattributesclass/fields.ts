import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'storage/v1.VolumeAttributesClass',
  `
  - typeMeta   meta/v1.TypeMeta   inline
  1 metadata   meta/v1.ObjectMeta
  2 driverName string             required
  3 parameters {string}
`,
);

message(
  'storage/v1.VolumeAttributesClassList',
  `
  - typeMeta meta/v1.TypeMeta        inline
  1 metadata meta/v1.ListMeta
  2 items    VolumeAttributesClass[] required
`,
);
