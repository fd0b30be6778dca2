/** What a role allows, and to whom a binding gives it. */
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'rbac/v1.PolicyRule',
  `
  1 verbs           string[] required list=atomic
  2 apiGroups       string[] list=atomic
  3 resources       string[] list=atomic
  4 resourceNames   string[] list=atomic
  5 nonResourceURLs string[] list=atomic
`,
);

message(
  'rbac/v1.Subject',
  `
  1 kind      string required
  2 apiGroup  string
  3 name      string required
  4 namespace string
`,
);

message(
  'rbac/v1.RoleRef',
  `
  1 apiGroup string
  2 kind     string required
  3 name     string required
`,
);

message(
  'rbac/v1.AggregationRule',
  `
  1 clusterRoleSelectors meta/v1.LabelSelector[] list=atomic
`,
);
