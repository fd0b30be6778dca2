import '../../meta/fields.ts';
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Endpoints',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 subsets  EndpointSubset[]   list=atomic
`,
);

message(
  'core/v1.EndpointsList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Endpoints[]      required
`,
);

message(
  'core/v1.EndpointSubset',
  `
  1 addresses         EndpointAddress[] list=atomic
  2 notReadyAddresses EndpointAddress[] list=atomic
  3 ports             EndpointPort[]    list=atomic
`,
);

message(
  'core/v1.EndpointAddress',
  `
  1 ip        string          required
  3 hostname  string
  4 nodeName  string          pointer
  2 targetRef ObjectReference struct=atomic
`,
);

message(
  'core/v1.EndpointPort',
  `
  1 name        string
  2 port        int32  required
  3 protocol    string = TCP
  4 appProtocol string pointer
`,
);
