import '../../core/reference/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'discovery/v1.EndpointSlice',
  `
  - typeMeta    meta/v1.TypeMeta   inline
  1 metadata    meta/v1.ObjectMeta
  4 addressType string             required
  2 endpoints   Endpoint[]         list=atomic
  3 ports       EndpointPort[]     list=atomic
`,
);

message(
  'discovery/v1.EndpointSliceList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    EndpointSlice[]  required
`,
);

message(
  'discovery/v1.Endpoint',
  `
  1 addresses          string[]                required list=set
  2 conditions         EndpointConditions      = {}
  3 hostname           string                  pointer
  4 targetRef          core/v1.ObjectReference struct=atomic
  5 deprecatedTopology {string}
  6 nodeName           string                  pointer
  7 zone               string                  pointer
  8 hints              EndpointHints
`,
);

message(
  'discovery/v1.EndpointConditions',
  `
  1 ready       bool pointer
  2 serving     bool pointer
  3 terminating bool pointer
`,
);

message(
  'discovery/v1.EndpointHints',
  `
  1 forZones ForZone[] list=atomic
  2 forNodes ForNode[] list=atomic
`,
);

message(
  'discovery/v1.ForZone',
  `
  1 name string required
`,
);

message(
  'discovery/v1.ForNode',
  `
  1 name string required
`,
);

message(
  'discovery/v1.EndpointPort',
  `
  1 name        string pointer = ""
  2 protocol    string pointer = TCP
  3 port        int32  pointer
  4 appProtocol string pointer
`,
);
