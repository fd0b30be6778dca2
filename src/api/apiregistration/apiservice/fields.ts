import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'apiregistration/v1.APIService',
  `
  - typeMeta meta/v1.TypeMeta    inline
  1 metadata meta/v1.ObjectMeta
  2 spec     APIServiceSpec      = {}
  3 status   APIServiceStatus    = {}
`,
);

message(
  'apiregistration/v1.APIServiceList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    APIService[]     required
`,
);

message(
  'apiregistration/v1.APIServiceSpec',
  `
  1 service               ServiceReference
  2 group                 string
  3 version               string
  4 insecureSkipTLSVerify bool
  5 caBundle              bytes            list=atomic
  7 groupPriorityMinimum  int32            required
  8 versionPriority       int32            required
`,
);

message(
  'apiregistration/v1.ServiceReference',
  `
  1 namespace string
  2 name      string
  3 port      int32  pointer = 443
`,
);

message(
  'apiregistration/v1.APIServiceStatus',
  `
  1 conditions APIServiceCondition[] merge=type keys=type
`,
);

message(
  'apiregistration/v1.APIServiceCondition',
  `
  1 type               string required
  2 status             string required
  3 lastTransitionTime time
  4 reason             string
  5 message            string
`,
);
