import '../../meta/fields.ts';
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Node',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     NodeSpec           = {}
  3 status   NodeStatus         = {}
`,
);

message(
  'core/v1.NodeList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Node[]           required
`,
);

message(
  'core/v1.NodeSpec',
  `
  1 podCIDR             string
  7 podCIDRs            string[]                merge list=set
  3 providerID          string
  4 unschedulable       bool
  5 taints              Taint[]                 list=atomic
  6 configSource        NodeConfigSource
  2 externalID          string
  8 podPreemptionPolicy NodePodPreemptionPolicy
`,
);

message(
  'core/v1.Taint',
  `
  1 key       string required
  2 value     string
  3 effect    string required
  4 timeAdded time
`,
);

message(
  'core/v1.NodePodPreemptionPolicy',
  `
  1 disableResizePreemption string[] list=set
`,
);

message(
  'core/v1.NodeConfigSource',
  `
  2 configMap ConfigMapNodeConfigSource
`,
);

message(
  'core/v1.ConfigMapNodeConfigSource',
  `
  1 namespace        string required
  2 name             string required
  3 uid              string
  4 resourceVersion  string
  5 kubeletConfigKey string required
`,
);

message(
  'core/v1.NodeStatus',
  `
   1 capacity         {quantity}
   2 allocatable      {quantity}
   3 phase            string
   4 conditions       NodeCondition[]      merge=type keys=type
   5 addresses        NodeAddress[]        merge=type keys=type
   6 daemonEndpoints  NodeDaemonEndpoints  = {}
   7 nodeInfo         NodeSystemInfo       = {}
   8 images           ContainerImage[]     list=atomic
   9 volumesInUse     string[]             list=atomic
  10 volumesAttached  AttachedVolume[]     list=atomic
  11 config           NodeConfigStatus
  12 runtimeHandlers  NodeRuntimeHandler[] list=atomic
  13 features         NodeFeatures
  14 declaredFeatures string[]             list=atomic
`,
);

message(
  'core/v1.NodeCondition',
  `
  1 type               string required
  2 status             string required
  3 lastHeartbeatTime  time
  4 lastTransitionTime time
  5 reason             string
  6 message            string
`,
);

message(
  'core/v1.NodeAddress',
  `
  1 type    string required
  2 address string required
`,
);

message(
  'core/v1.NodeDaemonEndpoints',
  `
  1 kubeletEndpoint DaemonEndpoint = {}
`,
);

message(
  'core/v1.DaemonEndpoint',
  `
  1 Port int32 required
`,
);

message(
  'core/v1.NodeSystemInfo',
  `
   1 machineID               string         required
   2 systemUUID              string         required
   3 bootID                  string         required
   4 kernelVersion           string         required
   5 osImage                 string         required
   6 containerRuntimeVersion string         required
   7 kubeletVersion          string         required
   8 kubeProxyVersion        string         required
   9 operatingSystem         string         required
  10 architecture            string         required
  11 swap                    NodeSwapStatus
`,
);

message(
  'core/v1.NodeSwapStatus',
  `
  1 capacity int64 pointer
`,
);

message(
  'core/v1.ContainerImage',
  `
  1 names     string[] list=atomic
  2 sizeBytes int64
`,
);

message(
  'core/v1.AttachedVolume',
  `
  1 name       string required
  2 devicePath string required
`,
);

message(
  'core/v1.NodeConfigStatus',
  `
  1 assigned      NodeConfigSource
  2 active        NodeConfigSource
  3 lastKnownGood NodeConfigSource
  4 error         string
`,
);

message(
  'core/v1.NodeRuntimeHandler',
  `
  1 name     string
  2 features NodeRuntimeHandlerFeatures
`,
);

message(
  'core/v1.NodeRuntimeHandlerFeatures',
  `
  1 recursiveReadOnlyMounts bool pointer
  2 userNamespaces          bool pointer
`,
);

message(
  'core/v1.NodeFeatures',
  `
  1 supplementalGroupsPolicy bool pointer
`,
);
