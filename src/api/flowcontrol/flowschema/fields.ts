import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'flowcontrol/v1.FlowSchema',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     FlowSchemaSpec     = {}
  3 status   FlowSchemaStatus   = {}
`,
);

message(
  'flowcontrol/v1.FlowSchemaList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    FlowSchema[]     required
`,
);

message(
  'flowcontrol/v1.FlowSchemaSpec',
  `
  1 priorityLevelConfiguration PriorityLevelConfigurationReference required = {}
  2 matchingPrecedence         int32                               = 1000
  3 distinguisherMethod        FlowDistinguisherMethod
  4 rules                      PolicyRulesWithSubjects[]           list=atomic
`,
);

message(
  'flowcontrol/v1.FlowSchemaStatus',
  `
  1 conditions FlowSchemaCondition[] merge=type keys=type
`,
);

message(
  'flowcontrol/v1.PriorityLevelConfigurationReference',
  `
  1 name string required
`,
);

message(
  'flowcontrol/v1.FlowDistinguisherMethod',
  `
  1 type string required
`,
);

message(
  'flowcontrol/v1.PolicyRulesWithSubjects',
  `
  1 subjects         Subject[]               required list=atomic
  2 resourceRules    ResourcePolicyRule[]    list=atomic
  3 nonResourceRules NonResourcePolicyRule[] list=atomic
`,
);

message(
  'flowcontrol/v1.FlowSchemaCondition',
  `
  1 type               string
  2 status             string
  3 lastTransitionTime time
  4 reason             string
  5 message            string
`,
);

message(
  'flowcontrol/v1.Subject',
  `
  1 kind           string                required
  2 user           UserSubject
  3 group          GroupSubject
  4 serviceAccount ServiceAccountSubject
`,
);

message(
  'flowcontrol/v1.ResourcePolicyRule',
  `
  1 verbs        string[] required list=set
  2 apiGroups    string[] required list=set
  3 resources    string[] required list=set
  4 clusterScope bool
  5 namespaces   string[] list=set
`,
);

message(
  'flowcontrol/v1.NonResourcePolicyRule',
  `
  1 verbs           string[] required list=set
  6 nonResourceURLs string[] required list=set
`,
);

message(
  'flowcontrol/v1.UserSubject',
  `
  1 name string required
`,
);

message(
  'flowcontrol/v1.GroupSubject',
  `
  1 name string required
`,
);

message(
  'flowcontrol/v1.ServiceAccountSubject',
  `
  1 namespace string required
  2 name      string required
`,
);
