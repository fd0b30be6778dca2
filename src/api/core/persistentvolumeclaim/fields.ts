import '../../meta/fields.ts';
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.PersistentVolumeClaim',
  `
  - typeMeta meta/v1.TypeMeta            inline
  1 metadata meta/v1.ObjectMeta
  2 spec     PersistentVolumeClaimSpec   = {}
  3 status   PersistentVolumeClaimStatus = {}
`,
);

message(
  'core/v1.PersistentVolumeClaimTemplate',
  `
  1 metadata meta/v1.ObjectMeta
  2 spec     PersistentVolumeClaimSpec required = {}
`,
);

message(
  'core/v1.PersistentVolumeClaimSpec',
  `
  1 accessModes               string[]                   list=atomic
  4 selector                  meta/v1.LabelSelector      struct=atomic
  2 resources                 VolumeResourceRequirements = {}
  3 volumeName                string
  5 storageClassName          string                     pointer
  6 volumeMode                string                     pointer = Filesystem
  7 dataSource                TypedLocalObjectReference  struct=atomic
  8 dataSourceRef             TypedObjectReference
  9 volumeAttributesClassName string                     pointer
`,
);

message(
  'core/v1.PersistentVolumeClaimStatus',
  `
   1 phase                            string                           = Pending
   2 accessModes                      string[]                         list=atomic
   3 capacity                         {quantity}
   4 conditions                       PersistentVolumeClaimCondition[] merge=type keys=type
   5 allocatedResources               {quantity}
   7 allocatedResourceStatuses        {string}
   8 currentVolumeAttributesClassName string                           pointer
   9 modifyVolumeStatus               ModifyVolumeStatus
  10 healthStatus                     VolumeHealthStatus
`,
);

message(
  'core/v1.PersistentVolumeClaimCondition',
  `
  1 type               string required
  2 status             string required
  3 lastProbeTime      time
  4 lastTransitionTime time
  5 reason             string
  6 message            string
`,
);

message(
  'core/v1.ModifyVolumeStatus',
  `
  1 targetVolumeAttributesClassName string
  2 status                          string required
`,
);

message(
  'core/v1.VolumeResourceRequirements',
  `
  1 limits   {quantity}
  2 requests {quantity}
`,
);

message(
  'core/v1.VolumeHealthStatus',
  `
  1 healthConditions   VolumeHealthCondition[] merge=status keys=status,reason
  2 lastTransitionTime time
`,
);

message(
  'core/v1.VolumeHealthCondition',
  `
  1 status  string required
  2 reason  string required
  3 message string
`,
);

message(
  'core/v1.PersistentVolumeClaimList',
  `
  - typeMeta meta/v1.TypeMeta        inline
  1 metadata meta/v1.ListMeta
  2 items    PersistentVolumeClaim[] required
`,
);
