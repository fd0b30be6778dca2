import '../../meta/fields.ts';
import '../pod/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.PodTemplate',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 template PodTemplateSpec    = {}
`,
);

message(
  'core/v1.PodTemplateList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    PodTemplate[]    required
`,
);
