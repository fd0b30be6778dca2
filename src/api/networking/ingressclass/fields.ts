import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'networking/v1.IngressClass',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     IngressClassSpec   = {}
`,
);

message(
  'networking/v1.IngressClassList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    IngressClass[]   required
`,
);

message(
  'networking/v1.IngressClassSpec',
  `
  1 controller string
  2 parameters IngressClassParametersReference
`,
);

message(
  'networking/v1.IngressClassParametersReference',
  `
  1 apiGroup  string pointer
  2 kind      string required
  3 name      string required
  4 scope     string pointer = Cluster
  5 namespace string pointer
`,
);
