/** Which node a pod is bound to: what a scheduler posts. */
import '../../meta/fields.ts';
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Binding',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 target   ObjectReference    required struct=atomic = {}
`,
);
