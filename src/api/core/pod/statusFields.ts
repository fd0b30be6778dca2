/** What a node reports of a pod. */
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.PodStatus',
  `
  17 observedGeneration                   int64
   1 phase                                string = Pending
   2 conditions                           PodCondition[]                       merge=type keys=type
   3 message                              string
   4 reason                               string
  11 nominatedNodeName                    string
   5 hostIP                               string
  16 hostIPs                              HostIP[]                             merge=ip list=atomic
   6 podIP                                string
  12 podIPs                               PodIP[]                              merge=ip keys=ip
   7 startTime                            time
  10 initContainerStatuses                ContainerStatus[]                    list=atomic
   8 containerStatuses                    ContainerStatus[]                    list=atomic
   9 qosClass                             string
  13 ephemeralContainerStatuses           ContainerStatus[]                    list=atomic
  14 resize                               string
  15 resourceClaimStatuses                PodResourceClaimStatus[]             merge=name retainKeys keys=name
  18 extendedResourceClaimStatus          PodExtendedResourceClaimStatus
  19 allocatedResources                   {quantity}
  20 resources                            ResourceRequirements
  21 nodeAllocatableResourceClaimStatuses NodeAllocatableResourceClaimStatus[] merge=resourceClaimName keys=resourceClaimName
  22 volumeHealth                         PodVolumeHealth[]                    keys=name
`,
);

message(
  'core/v1.PodCondition',
  `
  1 type               string required
  7 observedGeneration int64
  2 status             string required
  3 lastProbeTime      time
  4 lastTransitionTime time
  5 reason             string
  6 message            string
`,
);

message(
  'core/v1.PodIP',
  `
  1 ip string required
`,
);

message(
  'core/v1.HostIP',
  `
  1 ip string required
`,
);

message(
  'core/v1.ContainerStatus',
  `
   1 name                     string               required
   2 state                    ContainerState       = {}
   3 lastState                ContainerState       = {}
   4 ready                    bool                 required
   5 restartCount             int32                required
   6 image                    string               required
   7 imageID                  string               required
   8 containerID              string
   9 started                  bool                 pointer
  10 allocatedResources       {quantity}
  11 resources                ResourceRequirements
  12 volumeMounts             VolumeMountStatus[]  merge=mountPath keys=mountPath
  13 user                     ContainerUser
  14 allocatedResourcesStatus ResourceStatus[]     merge=name keys=name
  15 stopSignal               string               pointer
`,
);

message(
  'core/v1.ContainerState',
  `
  1 waiting    ContainerStateWaiting
  2 running    ContainerStateRunning
  3 terminated ContainerStateTerminated
`,
);

message(
  'core/v1.ContainerStateWaiting',
  `
  1 reason  string
  2 message string
`,
);

message(
  'core/v1.ContainerStateRunning',
  `
  1 startedAt time
`,
);

message(
  'core/v1.ContainerStateTerminated',
  `
  1 exitCode    int32  required
  2 signal      int32
  3 reason      string
  4 message     string
  5 startedAt   time
  6 finishedAt  time
  7 containerID string
`,
);

message(
  'core/v1.ContainerUser',
  `
  1 linux LinuxContainerUser
`,
);

message(
  'core/v1.LinuxContainerUser',
  `
  1 uid                int64   required
  2 gid                int64   required
  3 supplementalGroups int64[] list=atomic
`,
);

message(
  'core/v1.ResourceStatus',
  `
  1 name      string           required
  2 resources ResourceHealth[] keys=resourceID
`,
);

message(
  'core/v1.ResourceHealth',
  `
  1 resourceID string required
  2 health     string
  6 message    string pointer
`,
);

message(
  'core/v1.VolumeMountStatus',
  `
  1 name              string       required
  2 mountPath         string       required
  3 readOnly          bool
  4 recursiveReadOnly string       pointer
  5 volumeStatus      VolumeStatus
`,
);

message(
  'core/v1.VolumeStatus',
  `
  1 image ImageVolumeStatus
`,
);

message(
  'core/v1.ImageVolumeStatus',
  `
  1 imageRef string
`,
);

message(
  'core/v1.PodVolumeHealth',
  `
  1 name               string                  required
  2 healthConditions   VolumeHealthCondition[] merge=status keys=status,reason
  3 lastTransitionTime time
`,
);

message(
  'core/v1.PodResourceClaimStatus',
  `
  1 name              string required
  2 resourceClaimName string pointer
`,
);

message(
  'core/v1.PodExtendedResourceClaimStatus',
  `
  1 requestMappings   ContainerExtendedResourceRequest[] required list=atomic
  2 resourceClaimName string                             required
`,
);

message(
  'core/v1.ContainerExtendedResourceRequest',
  `
  1 containerName string required
  2 resourceName  string required
  3 requestName   string required
`,
);

message(
  'core/v1.NodeAllocatableResourceClaimStatus',
  `
  1 resourceClaimName string                             required
  2 containers        string[]                           list=set
  4 mapping           NodeAllocatableMappedResources[]   merge=name keys=name
  5 overhead          NodeAllocatableOverheadResources[] merge=name keys=name
`,
);

message(
  'core/v1.NodeAllocatableMappedResources',
  `
  1 name     string   required
  2 quantity quantity required
`,
);

message(
  'core/v1.NodeAllocatableOverheadResources',
  `
  1 name         string   required
  2 perPod       quantity
  3 perContainer quantity
`,
);
