/** What requests a webhook or policy is about, and how it is reached. */
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'admissionregistration/v1.Rule',
  `
  1 apiGroups   string[] list=atomic
  2 apiVersions string[] list=atomic
  3 resources   string[] list=atomic
  4 scope       string   pointer = *
`,
);

message(
  'admissionregistration/v1.RuleWithOperations',
  `
  1 operations string[] list=atomic
  2 rule       Rule     inline
`,
);

message(
  'admissionregistration/v1.NamedRuleWithOperations',
  `
  1 resourceNames      string[]           list=atomic
  2 ruleWithOperations RuleWithOperations inline
`,
);

message(
  'admissionregistration/v1.MatchCondition',
  `
  1 name       string required
  2 expression string required
`,
);

message(
  'admissionregistration/v1.MatchResources',
  `
  1 namespaceSelector    meta/v1.LabelSelector     struct=atomic = {}
  2 objectSelector       meta/v1.LabelSelector     struct=atomic = {}
  3 resourceRules        NamedRuleWithOperations[] list=atomic
  4 excludeResourceRules NamedRuleWithOperations[] list=atomic
  7 matchPolicy          string                    pointer = Equivalent
`,
);

message(
  'admissionregistration/v1.ParamKind',
  `
  1 apiVersion string
  2 kind       string
`,
);

message(
  'admissionregistration/v1.ParamRef',
  `
  1 name                    string
  2 namespace               string
  3 selector                meta/v1.LabelSelector struct=atomic
  4 parameterNotFoundAction string                pointer
`,
);

message(
  'admissionregistration/v1.Variable',
  `
  1 name       string required
  2 expression string required
`,
);

message(
  'admissionregistration/v1.ServiceReference',
  `
  1 namespace string required
  2 name      string required
  3 path      string pointer
  4 port      int32  pointer = 443
`,
);

message(
  'admissionregistration/v1.WebhookClientConfig',
  `
  3 url      string           pointer
  1 service  ServiceReference
  2 caBundle bytes
`,
);
