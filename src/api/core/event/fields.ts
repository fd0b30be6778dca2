import '../../meta/fields.ts';
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Event',
  `
   - typeMeta           meta/v1.TypeMeta   inline
   1 metadata           meta/v1.ObjectMeta required
   2 involvedObject     ObjectReference    required struct=atomic = {}
   3 reason             string
   4 message            string
   5 source             EventSource        = {}
   6 firstTimestamp     time
   7 lastTimestamp      time
   8 count              int32
   9 type               string
  10 eventTime          microTime
  11 series             EventSeries
  12 action             string
  13 related            ObjectReference    struct=atomic
  14 reportingComponent string
  15 reportingInstance  string
`,
);

message(
  'core/v1.EventList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Event[]          required
`,
);

message(
  'core/v1.EventSource',
  `
  1 component string
  2 host      string
`,
);

message(
  'core/v1.EventSeries',
  `
  1 count            int32
  2 lastObservedTime microTime
`,
);
