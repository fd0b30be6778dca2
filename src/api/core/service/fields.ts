import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Service',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ServiceSpec        = {}
  3 status   ServiceStatus      = {}
`,
);

message(
  'core/v1.ServiceList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Service[]        required
`,
);

message(
  'core/v1.ServiceSpec',
  `
   1 ports                         ServicePort[]         merge=port keys=port,protocol
   2 selector                      {string}              map=atomic
   3 clusterIP                     string
  18 clusterIPs                    string[]              list=atomic
   4 type                          string                = ClusterIP
   5 externalIPs                   string[]              list=atomic
   7 sessionAffinity               string                = None
   8 loadBalancerIP                string
   9 loadBalancerSourceRanges      string[]              list=atomic
  10 externalName                  string
  11 externalTrafficPolicy         string
  12 healthCheckNodePort           int32
  13 publishNotReadyAddresses      bool
  14 sessionAffinityConfig         SessionAffinityConfig
  19 ipFamilies                    string[]              list=atomic
  17 ipFamilyPolicy                string                pointer
  20 allocateLoadBalancerNodePorts bool                  pointer
  21 loadBalancerClass             string                pointer
  22 internalTrafficPolicy         string                pointer
  23 trafficDistribution           string                pointer
`,
);

message(
  'core/v1.ServicePort',
  `
  1 name        string
  2 protocol    string      = TCP
  6 appProtocol string      pointer
  3 port        int32       required
  4 targetPort  intOrString
  5 nodePort    int32
`,
);

message(
  'core/v1.SessionAffinityConfig',
  `
  1 clientIP ClientIPConfig
`,
);

message(
  'core/v1.ClientIPConfig',
  `
  1 timeoutSeconds int32 pointer
`,
);

message(
  'core/v1.ServiceStatus',
  `
  1 loadBalancer LoadBalancerStatus  = {}
  2 conditions   meta/v1.Condition[] merge=type keys=type
`,
);

message(
  'core/v1.LoadBalancerStatus',
  `
  1 ingress LoadBalancerIngress[] list=atomic
`,
);

message(
  'core/v1.LoadBalancerIngress',
  `
  1 ip       string
  2 hostname string
  3 ipMode   string       pointer
  4 ports    PortStatus[] list=atomic
`,
);

message(
  'core/v1.PortStatus',
  `
  1 port     int32  required
  2 protocol string required
  3 error    string pointer
`,
);
