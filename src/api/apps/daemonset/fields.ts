import '../../core/pod/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'apps/v1.DaemonSet',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     DaemonSetSpec      = {}
  3 status   DaemonSetStatus    = {}
`,
);

message(
  'apps/v1.DaemonSetList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    DaemonSet[]      required
`,
);

message(
  'apps/v1.DaemonSetSpec',
  `
  1 selector             meta/v1.LabelSelector   required struct=atomic
  2 template             core/v1.PodTemplateSpec required = {}
  3 updateStrategy       DaemonSetUpdateStrategy = {}
  4 minReadySeconds      int32
  6 revisionHistoryLimit int32                   pointer = 10
`,
);

message(
  'apps/v1.DaemonSetStatus',
  `
   1 currentNumberScheduled int32                required
   2 numberMisscheduled     int32                required
   3 desiredNumberScheduled int32                required
   4 numberReady            int32                required
   5 observedGeneration     int64
   6 updatedNumberScheduled int32
   7 numberAvailable        int32
   8 numberUnavailable      int32
   9 collisionCount         int32                pointer
  10 conditions             DaemonSetCondition[] merge=type keys=type
`,
);

message(
  'apps/v1.DaemonSetUpdateStrategy',
  `
  1 type          string                 = RollingUpdate
  2 rollingUpdate RollingUpdateDaemonSet
`,
);

message(
  'apps/v1.DaemonSetCondition',
  `
  1 type               string
  2 status             string
  3 lastTransitionTime time
  4 reason             string
  5 message            string
`,
);

message(
  'apps/v1.RollingUpdateDaemonSet',
  `
  1 maxUnavailable intOrString pointer = 1
  2 maxSurge       intOrString pointer = 0
`,
);
