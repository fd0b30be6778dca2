/** The number of replicas of an object of whatever kind: the body of `/scale`. */
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'autoscaling/v1.Scale',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ScaleSpec          = {}
  3 status   ScaleStatus        = {}
`,
);

message(
  'autoscaling/v1.ScaleSpec',
  `
  1 replicas int32
`,
);

message(
  'autoscaling/v1.ScaleStatus',
  `
  1 replicas int32  required
  2 selector string
`,
);
