/** What may I do in a namespace? */
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'authorization/v1.SelfSubjectRulesReview',
  `
  - typeMeta meta/v1.TypeMeta           inline
  1 metadata meta/v1.ObjectMeta
  2 spec     SelfSubjectRulesReviewSpec required = {}
  3 status   SubjectRulesReviewStatus   = {}
`,
);

message(
  'authorization/v1.SelfSubjectRulesReviewSpec',
  `
  1 namespace string
`,
);

message(
  'authorization/v1.SubjectRulesReviewStatus',
  `
  1 resourceRules    ResourceRule[]    required list=atomic
  2 nonResourceRules NonResourceRule[] required list=atomic
  3 incomplete       bool              required
  4 evaluationError  string
`,
);

message(
  'authorization/v1.ResourceRule',
  `
  1 verbs         string[] required list=atomic
  2 apiGroups     string[] list=atomic
  3 resources     string[] list=atomic
  4 resourceNames string[] list=atomic
`,
);

message(
  'authorization/v1.NonResourceRule',
  `
  1 verbs           string[] required list=atomic
  2 nonResourceURLs string[] list=atomic
`,
);
