import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'scheduling/v1.PriorityClass',
  `
  - typeMeta         meta/v1.TypeMeta   inline
  1 metadata         meta/v1.ObjectMeta
  2 value            int32              required
  3 globalDefault    bool
  4 description      string
  5 preemptionPolicy string             pointer = PreemptLowerPriority
`,
);

message(
  'scheduling/v1.PriorityClassList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    PriorityClass[]  required
`,
);
