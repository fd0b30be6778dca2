import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Namespace',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     NamespaceSpec      = {}
  3 status   NamespaceStatus    = {}
`,
);

message(
  'core/v1.NamespaceList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Namespace[]      required
`,
);

message(
  'core/v1.NamespaceSpec',
  `
  1 finalizers string[] list=atomic
`,
);

message(
  'core/v1.NamespaceStatus',
  `
  1 phase      string = Active
  2 conditions NamespaceCondition[] merge=type keys=type
`,
);

message(
  'core/v1.NamespaceCondition',
  `
  1 type               string required
  2 status             string required
  4 lastTransitionTime time
  5 reason             string
  6 message            string
`,
);
