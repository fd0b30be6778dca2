import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'networking/v1.NetworkPolicy',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     NetworkPolicySpec  = {}
`,
);

message(
  'networking/v1.NetworkPolicyList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    NetworkPolicy[]  required
`,
);

message(
  'networking/v1.NetworkPolicySpec',
  `
  1 podSelector meta/v1.LabelSelector      struct=atomic
  2 ingress     NetworkPolicyIngressRule[] list=atomic
  3 egress      NetworkPolicyEgressRule[]  list=atomic
  4 policyTypes string[]                   list=atomic
`,
);

message(
  'networking/v1.NetworkPolicyIngressRule',
  `
  1 ports NetworkPolicyPort[] list=atomic
  2 from  NetworkPolicyPeer[] list=atomic
`,
);

message(
  'networking/v1.NetworkPolicyEgressRule',
  `
  1 ports NetworkPolicyPort[] list=atomic
  2 to    NetworkPolicyPeer[] list=atomic
`,
);

message(
  'networking/v1.NetworkPolicyPort',
  `
  1 protocol string      pointer = TCP
  2 port     intOrString pointer
  3 endPort  int32       pointer
`,
);

message(
  'networking/v1.NetworkPolicyPeer',
  `
  1 podSelector       meta/v1.LabelSelector struct=atomic
  2 namespaceSelector meta/v1.LabelSelector struct=atomic
  3 ipBlock           IPBlock
`,
);

message(
  'networking/v1.IPBlock',
  `
  1 cidr   string   required
  2 except string[] list=atomic
`,
);
