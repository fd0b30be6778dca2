import '../../core/pod/schedulingFields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'node/v1.RuntimeClass',
  `
  - typeMeta   meta/v1.TypeMeta   inline
  1 metadata   meta/v1.ObjectMeta
  2 handler    string             required
  3 overhead   Overhead
  4 scheduling Scheduling
`,
);

message(
  'node/v1.RuntimeClassList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    RuntimeClass[]   required
`,
);

message(
  'node/v1.Overhead',
  `
  1 podFixed {quantity}
`,
);

message(
  'node/v1.Scheduling',
  `
  1 nodeSelector {string}             map=atomic
  2 tolerations  core/v1.Toleration[] list=atomic
`,
);
