import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'apps/v1.ControllerRevision',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 data     rawExtension       required
  3 revision int64
`,
);

message(
  'apps/v1.ControllerRevisionList',
  `
  - typeMeta meta/v1.TypeMeta     inline
  1 metadata meta/v1.ListMeta
  2 items    ControllerRevision[] required
`,
);
