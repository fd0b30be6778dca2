import '../../meta/fields.ts';
import '../pod/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.ReplicationController',
  `
  - typeMeta meta/v1.TypeMeta            inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ReplicationControllerSpec   = {}
  3 status   ReplicationControllerStatus = {}
`,
);

message(
  'core/v1.ReplicationControllerList',
  `
  - typeMeta meta/v1.TypeMeta        inline
  1 metadata meta/v1.ListMeta
  2 items    ReplicationController[] required
`,
);

message(
  'core/v1.ReplicationControllerSpec',
  `
  1 replicas        int32           pointer = 1
  4 minReadySeconds int32
  2 selector        {string}        map=atomic
  3 template        PodTemplateSpec
`,
);

message(
  'core/v1.ReplicationControllerStatus',
  `
  1 replicas             int32                            required
  2 fullyLabeledReplicas int32
  4 readyReplicas        int32
  5 availableReplicas    int32
  3 observedGeneration   int64
  6 conditions           ReplicationControllerCondition[] merge=type keys=type
`,
);

message(
  'core/v1.ReplicationControllerCondition',
  `
  1 type               string required
  2 status             string required
  3 lastTransitionTime time
  4 reason             string
  5 message            string
`,
);
