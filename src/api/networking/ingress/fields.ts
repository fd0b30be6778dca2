import '../../core/reference/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'networking/v1.Ingress',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     IngressSpec        = {}
  3 status   IngressStatus      = {}
`,
);

message(
  'networking/v1.IngressList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Ingress[]        required
`,
);

message(
  'networking/v1.IngressSpec',
  `
  4 ingressClassName string         pointer
  1 defaultBackend   IngressBackend
  2 tls              IngressTLS[]   list=atomic
  3 rules            IngressRule[]  list=atomic
`,
);

message(
  'networking/v1.IngressStatus',
  `
  1 loadBalancer IngressLoadBalancerStatus = {}
`,
);

message(
  'networking/v1.IngressBackend',
  `
  4 service  IngressServiceBackend
  3 resource core/v1.TypedLocalObjectReference struct=atomic
`,
);

message(
  'networking/v1.IngressTLS',
  `
  1 hosts      string[] list=atomic
  2 secretName string
`,
);

message(
  'networking/v1.IngressRule',
  `
  1 host             string
  2 ingressRuleValue IngressRuleValue inline
`,
);

message(
  'networking/v1.IngressLoadBalancerStatus',
  `
  1 ingress IngressLoadBalancerIngress[] list=atomic
`,
);

message(
  'networking/v1.IngressServiceBackend',
  `
  1 name string             required
  2 port ServiceBackendPort = {}
`,
);

message(
  'networking/v1.IngressRuleValue',
  `
  1 http HTTPIngressRuleValue
`,
);

message(
  'networking/v1.IngressLoadBalancerIngress',
  `
  1 ip       string
  2 hostname string
  4 ports    IngressPortStatus[] list=atomic
`,
);

message(
  'networking/v1.ServiceBackendPort',
  `
  1 name   string
  2 number int32
`,
);

message(
  'networking/v1.HTTPIngressRuleValue',
  `
  1 paths HTTPIngressPath[] required list=atomic
`,
);

message(
  'networking/v1.IngressPortStatus',
  `
  1 port     int32  required
  2 protocol string required
  3 error    string pointer
`,
);

message(
  'networking/v1.HTTPIngressPath',
  `
  1 path     string
  3 pathType string         required pointer
  2 backend  IngressBackend required = {}
`,
);
