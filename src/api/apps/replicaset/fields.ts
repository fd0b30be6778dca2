import '../../core/pod/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'apps/v1.ReplicaSet',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ReplicaSetSpec     = {}
  3 status   ReplicaSetStatus   = {}
`,
);

message(
  'apps/v1.ReplicaSetList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    ReplicaSet[]     required
`,
);

message(
  'apps/v1.ReplicaSetSpec',
  `
  1 replicas        int32                   pointer = 1
  4 minReadySeconds int32
  2 selector        meta/v1.LabelSelector   required struct=atomic
  3 template        core/v1.PodTemplateSpec = {}
`,
);

message(
  'apps/v1.ReplicaSetStatus',
  `
  1 replicas             int32                 required
  2 fullyLabeledReplicas int32
  4 readyReplicas        int32
  5 availableReplicas    int32
  7 terminatingReplicas  int32                 pointer
  3 observedGeneration   int64
  6 conditions           ReplicaSetCondition[] merge=type keys=type
`,
);

message(
  'apps/v1.ReplicaSetCondition',
  `
  1 type               string
  2 status             string
  3 lastTransitionTime time
  4 reason             string
  5 message            string
`,
);
