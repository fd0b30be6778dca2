import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'networking/v1.ServiceCIDR',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ServiceCIDRSpec    = {}
  3 status   ServiceCIDRStatus  = {}
`,
);

message(
  'networking/v1.ServiceCIDRList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    ServiceCIDR[]    required
`,
);

message(
  'networking/v1.ServiceCIDRSpec',
  `
  1 cidrs string[] list=atomic
`,
);

message(
  'networking/v1.ServiceCIDRStatus',
  `
  1 conditions meta/v1.Condition[] merge=type keys=type
`,
);
