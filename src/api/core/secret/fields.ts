import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Secret',
  `
  - typeMeta   meta/v1.TypeMeta   inline
  1 metadata   meta/v1.ObjectMeta
  5 immutable  bool               pointer
  2 data       {bytes}
  4 stringData {string}
  3 type       string             = Opaque
`,
);

message(
  'core/v1.SecretList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Secret[]         required
`,
);
