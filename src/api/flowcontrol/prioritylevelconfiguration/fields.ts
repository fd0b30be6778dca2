import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'flowcontrol/v1.PriorityLevelConfiguration',
  `
  - typeMeta meta/v1.TypeMeta                 inline
  1 metadata meta/v1.ObjectMeta
  2 spec     PriorityLevelConfigurationSpec   = {}
  3 status   PriorityLevelConfigurationStatus = {}
`,
);

message(
  'flowcontrol/v1.PriorityLevelConfigurationList',
  `
  - typeMeta meta/v1.TypeMeta             inline
  1 metadata meta/v1.ListMeta
  2 items    PriorityLevelConfiguration[] required
`,
);

message(
  'flowcontrol/v1.PriorityLevelConfigurationSpec',
  `
  1 type    string                            required
  2 limited LimitedPriorityLevelConfiguration
  3 exempt  ExemptPriorityLevelConfiguration
`,
);

message(
  'flowcontrol/v1.PriorityLevelConfigurationStatus',
  `
  1 conditions PriorityLevelConfigurationCondition[] merge=type keys=type
`,
);

message(
  'flowcontrol/v1.LimitedPriorityLevelConfiguration',
  `
  1 nominalConcurrencyShares int32         pointer = 30
  2 limitResponse            LimitResponse = {}
  3 lendablePercent          int32         pointer = 0
  4 borrowingLimitPercent    int32         pointer
`,
);

message(
  'flowcontrol/v1.ExemptPriorityLevelConfiguration',
  `
  1 nominalConcurrencyShares int32 pointer
  2 lendablePercent          int32 pointer
`,
);

message(
  'flowcontrol/v1.PriorityLevelConfigurationCondition',
  `
  1 type               string
  2 status             string
  3 lastTransitionTime time
  4 reason             string
  5 message            string
`,
);

message(
  'flowcontrol/v1.LimitResponse',
  `
  1 type    string               required
  2 queuing QueuingConfiguration
`,
);

message(
  'flowcontrol/v1.QueuingConfiguration',
  `
  1 queues           int32 = 64
  2 handSize         int32 = 8
  3 queueLengthLimit int32 = 50
`,
);
