import '../../core/pod/schedulingFields.ts';
import '../../meta/fields.ts';
import '../deviceclass/fields.ts';
import { message } from '../../message.ts';

message(
  'resource/v1.ResourceClaim',
  `
  - typeMeta meta/v1.TypeMeta    inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ResourceClaimSpec   = {}
  3 status   ResourceClaimStatus = {}
`,
);

message(
  'resource/v1.ResourceClaimList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    ResourceClaim[]  required
`,
);

message(
  'resource/v1.ResourceClaimSpec',
  `
  1 devices DeviceClaim = {}
`,
);

message(
  'resource/v1.ResourceClaimStatus',
  `
  1 allocation  AllocationResult
  2 reservedFor ResourceClaimConsumerReference[] merge=uid keys=uid
  4 devices     AllocatedDeviceStatus[]          keys=driver,device,pool,shareID
`,
);

message(
  'resource/v1.DeviceClaim',
  `
  1 requests    DeviceRequest[]            list=atomic
  2 constraints DeviceConstraint[]         list=atomic
  3 config      DeviceClaimConfiguration[] list=atomic
`,
);

message(
  'resource/v1.AllocationResult',
  `
  1 devices             DeviceAllocationResult = {}
  3 nodeSelector        core/v1.NodeSelector   struct=atomic
  5 allocationTimestamp time
`,
);

message(
  'resource/v1.ResourceClaimConsumerReference',
  `
  1 apiGroup string
  3 resource string required
  4 name     string required
  5 uid      string required
`,
);

message(
  'resource/v1.AllocatedDeviceStatus',
  `
  1 driver      string              required
  2 pool        string              required
  3 device      string              required
  7 shareID     string              pointer
  4 conditions  meta/v1.Condition[] keys=type
  5 data        rawExtension
  6 networkData NetworkDeviceData
`,
);

message(
  'resource/v1.DeviceRequest',
  `
  1 name           string             required
  2 exactly        ExactDeviceRequest
  3 firstAvailable DeviceSubRequest[] list=atomic
`,
);

message(
  'resource/v1.DeviceConstraint',
  `
  1 requests          string[] list=atomic
  2 matchAttribute    string   pointer
  3 distinctAttribute string   pointer
`,
);

message(
  'resource/v1.DeviceClaimConfiguration',
  `
  1 requests            string[]            list=atomic
  2 deviceConfiguration DeviceConfiguration inline
`,
);

message(
  'resource/v1.DeviceAllocationResult',
  `
  1 results DeviceRequestAllocationResult[] list=atomic
  2 config  DeviceAllocationConfiguration[] list=atomic
`,
);

message(
  'resource/v1.NetworkDeviceData',
  `
  1 interfaceName   string
  2 ips             string[] list=atomic
  3 hardwareAddress string
`,
);

message(
  'resource/v1.ExactDeviceRequest',
  `
  1 deviceClassName string               required
  2 selectors       DeviceSelector[]     list=atomic
  3 allocationMode  string
  4 count           int64
  5 adminAccess     bool                 pointer
  6 tolerations     DeviceToleration[]   list=atomic
  7 capacity        CapacityRequirements
`,
);

message(
  'resource/v1.DeviceSubRequest',
  `
  1 name            string               required
  2 deviceClassName string               required
  3 selectors       DeviceSelector[]     list=atomic
  4 allocationMode  string
  5 count           int64
  6 tolerations     DeviceToleration[]   list=atomic
  7 capacity        CapacityRequirements
`,
);

message(
  'resource/v1.DeviceRequestAllocationResult',
  `
   1 request                  string             required
   2 driver                   string             required
   3 pool                     string             required
   4 device                   string             required
   5 adminAccess              bool               pointer
   6 tolerations              DeviceToleration[] list=atomic
   7 bindingConditions        string[]           list=atomic
   8 bindingFailureConditions string[]           list=atomic
   9 shareID                  string             pointer
  10 consumedCapacity         {quantity}
  11 skipNodeOperations       string[]           list=set
`,
);

message(
  'resource/v1.DeviceAllocationConfiguration',
  `
  1 source              string              required
  2 requests            string[]            list=atomic
  3 deviceConfiguration DeviceConfiguration inline
`,
);

message(
  'resource/v1.DeviceToleration',
  `
  1 key               string
  2 operator          string = Equal
  3 value             string
  4 effect            string
  5 tolerationSeconds int64  pointer
`,
);

message(
  'resource/v1.CapacityRequirements',
  `
  1 requests {quantity}
`,
);
