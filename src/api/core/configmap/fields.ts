import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.ConfigMap',
  `
  - typeMeta   meta/v1.TypeMeta   inline
  1 metadata   meta/v1.ObjectMeta
  4 immutable  bool               pointer
  2 data       {string}
  3 binaryData {bytes}
`,
);

message(
  'core/v1.ConfigMapList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    ConfigMap[]      required
`,
);
