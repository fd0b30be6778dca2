import '../../core/persistentvolumeclaim/fields.ts';
import '../../core/pod/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'apps/v1.StatefulSet',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     StatefulSetSpec    = {}
  3 status   StatefulSetStatus  = {}
`,
);

message(
  'apps/v1.StatefulSetList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    StatefulSet[]    required
`,
);

message(
  'apps/v1.StatefulSetSpec',
  `
   1 replicas                             int32                                           pointer = 1
   2 selector                             meta/v1.LabelSelector                           required struct=atomic
   3 template                             core/v1.PodTemplateSpec                         required = {}
   4 volumeClaimTemplates                 core/v1.PersistentVolumeClaim[]                 list=atomic
   5 serviceName                          string
   6 podManagementPolicy                  string                                          = OrderedReady
   7 updateStrategy                       StatefulSetUpdateStrategy                       = {}
   8 revisionHistoryLimit                 int32                                           pointer = 10
   9 minReadySeconds                      int32
  10 persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy = {}
  11 ordinals                             StatefulSetOrdinals
`,
);

message(
  'apps/v1.StatefulSetUpdateStrategy',
  `
  1 type          string                           = RollingUpdate
  2 rollingUpdate RollingUpdateStatefulSetStrategy
`,
);

message(
  'apps/v1.RollingUpdateStatefulSetStrategy',
  `
  1 partition      int32       pointer = 0
  2 maxUnavailable intOrString pointer
`,
);

message(
  'apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy',
  `
  1 whenDeleted string = Retain
  2 whenScaled  string = Retain
`,
);

message(
  'apps/v1.StatefulSetOrdinals',
  `
  1 start int32
`,
);

message(
  'apps/v1.StatefulSetStatus',
  `
   1 observedGeneration int64
   2 replicas           int32                  required
   3 readyReplicas      int32
   4 currentReplicas    int32
   5 updatedReplicas    int32
   6 currentRevision    string
   7 updateRevision     string
   9 collisionCount     int32                  pointer
  10 conditions         StatefulSetCondition[] merge=type keys=type
  11 availableReplicas  int32
`,
);

message(
  'apps/v1.StatefulSetCondition',
  `
  1 type               string
  2 status             string
  3 lastTransitionTime time
  4 reason             string
  5 message            string
`,
);
