/** What is posted to a pod’s `eviction`. */
import '../../meta/fields.ts';
import '../../meta/requests.ts';
import { message } from '../../message.ts';

message(
  'policy/v1.Eviction',
  `
  - typeMeta      meta/v1.TypeMeta      inline
  1 metadata      meta/v1.ObjectMeta
  2 deleteOptions meta/v1.DeleteOptions
`,
);
