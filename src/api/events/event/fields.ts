import '../../core/event/fields.ts';
import '../../core/reference/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'events/v1.Event',
  `
   - typeMeta                 meta/v1.TypeMeta        inline
   1 metadata                 meta/v1.ObjectMeta
   2 eventTime                microTime               required
   3 series                   EventSeries
   4 reportingController      string
   5 reportingInstance        string
   6 action                   string
   7 reason                   string
   8 regarding                core/v1.ObjectReference struct=atomic = {}
   9 related                  core/v1.ObjectReference struct=atomic
  10 note                     string
  11 type                     string
  12 deprecatedSource         core/v1.EventSource     = {}
  13 deprecatedFirstTimestamp time
  14 deprecatedLastTimestamp  time
  15 deprecatedCount          int32
`,
);

message(
  'events/v1.EventList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Event[]          required
`,
);

message(
  'events/v1.EventSeries',
  `
  1 count            int32     required
  2 lastObservedTime microTime required
`,
);
