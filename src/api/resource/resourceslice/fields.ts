import '../../core/pod/schedulingFields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'resource/v1.ResourceSlice',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ResourceSliceSpec  required = {}
`,
);

message(
  'resource/v1.ResourceSliceList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    ResourceSlice[]  required
`,
);

message(
  'resource/v1.ResourceSliceSpec',
  `
   1 driver                 string               required
   2 pool                   ResourcePool         required = {}
   3 nodeName               string               pointer
   4 nodeSelector           core/v1.NodeSelector struct=atomic
   5 allNodes               bool                 pointer
   6 devices                Device[]             list=atomic
   7 perDeviceNodeSelection bool                 pointer
   8 sharedCounters         CounterSet[]         list=atomic
   9 partitionTypeAttribute string               pointer
  10 skipNodeOperations     string[]             list=set
`,
);

message(
  'resource/v1.ResourcePool',
  `
  1 name               string required
  2 generation         int64  required
  3 resourceSliceCount int64  required
`,
);

message(
  'resource/v1.Device',
  `
   1 name                     string                     required
   2 attributes               {DeviceAttribute}
   3 capacity                 {DeviceCapacity}
   4 consumesCounters         DeviceCounterConsumption[] list=atomic
   5 nodeName                 string                     pointer
   6 nodeSelector             core/v1.NodeSelector       struct=atomic
   7 allNodes                 bool                       pointer
   8 taints                   DeviceTaint[]              list=atomic
   9 bindsToNode              bool                       pointer
  10 bindingConditions        string[]                   list=atomic
  11 bindingFailureConditions string[]                   list=atomic
  12 allowMultipleAllocations bool                       pointer
  14 nodeAllocatableResources {NodeAllocatableResource}
`,
);

message(
  'resource/v1.CounterSet',
  `
  1 name     string    required
  2 counters {Counter}
`,
);

message(
  'resource/v1.DeviceAttribute',
  `
  2 int      int64    pointer
  3 bool     bool     pointer
  4 string   string   pointer
  5 version  string   pointer
  6 ints     int64[]  list=atomic
  7 bools    bool[]   list=atomic
  8 strings  string[] list=atomic
  9 versions string[] list=atomic
`,
);

message(
  'resource/v1.DeviceCapacity',
  `
  1 value         quantity              required
  2 requestPolicy CapacityRequestPolicy
`,
);

message(
  'resource/v1.DeviceCounterConsumption',
  `
  1 counterSet string    required
  2 counters   {Counter}
`,
);

message(
  'resource/v1.DeviceTaint',
  `
  1 key       string required
  2 value     string
  3 effect    string required
  4 timeAdded time
`,
);

message(
  'resource/v1.NodeAllocatableResource',
  `
  3 mapping  NodeAllocatableMapping
  4 overhead NodeAllocatableOverhead
`,
);

message(
  'resource/v1.Counter',
  `
  1 value quantity required
`,
);

message(
  'resource/v1.CapacityRequestPolicy',
  `
  1 default     quantity
  3 validValues quantity[]                 list=atomic
  4 validRange  CapacityRequestPolicyRange
`,
);

message(
  'resource/v1.NodeAllocatableMapping',
  `
  1 capacityKey        string   pointer
  2 capacityMultiplier quantity
  3 deviceMultiplier   quantity
`,
);

message(
  'resource/v1.NodeAllocatableOverhead',
  `
  1 perPod       quantity
  2 perContainer quantity
`,
);

message(
  'resource/v1.CapacityRequestPolicyRange',
  `
  1 min  quantity
  2 max  quantity
  3 step quantity
`,
);
