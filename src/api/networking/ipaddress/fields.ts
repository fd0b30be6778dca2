import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'networking/v1.IPAddress',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     IPAddressSpec      = {}
`,
);

message(
  'networking/v1.IPAddressList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    IPAddress[]      required
`,
);

message(
  'networking/v1.IPAddressSpec',
  `
  1 parentRef ParentReference
`,
);

message(
  'networking/v1.ParentReference',
  `
  1 group     string
  2 resource  string
  3 namespace string
  4 name      string
`,
);
