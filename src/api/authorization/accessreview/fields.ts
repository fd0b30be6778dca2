/** May somebody do something? The four ways to ask it. */
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'authorization/v1.SubjectAccessReview',
  `
  - typeMeta meta/v1.TypeMeta          inline
  1 metadata meta/v1.ObjectMeta
  2 spec     SubjectAccessReviewSpec   required = {}
  3 status   SubjectAccessReviewStatus = {}
`,
);

message(
  'authorization/v1.LocalSubjectAccessReview',
  `
  - typeMeta meta/v1.TypeMeta          inline
  1 metadata meta/v1.ObjectMeta
  2 spec     SubjectAccessReviewSpec   required = {}
  3 status   SubjectAccessReviewStatus = {}
`,
);

message(
  'authorization/v1.SubjectAccessReviewSpec',
  `
  1 resourceAttributes    ResourceAttributes
  2 nonResourceAttributes NonResourceAttributes
  3 user                  string
  4 groups                string[]              list=atomic
  5 extra                 {ExtraValue}
  6 uid                   string
`,
);

message(
  'authorization/v1.SelfSubjectAccessReview',
  `
  - typeMeta meta/v1.TypeMeta            inline
  1 metadata meta/v1.ObjectMeta
  2 spec     SelfSubjectAccessReviewSpec required = {}
  3 status   SubjectAccessReviewStatus   = {}
`,
);

message(
  'authorization/v1.SelfSubjectAccessReviewSpec',
  `
  1 resourceAttributes    ResourceAttributes
  2 nonResourceAttributes NonResourceAttributes
`,
);

message(
  'authorization/v1.SubjectAccessReviewStatus',
  `
  1 allowed         bool   required
  4 denied          bool
  2 reason          string
  3 evaluationError string
`,
);

message(
  'authorization/v1.ResourceAttributes',
  `
  1 namespace     string
  2 verb          string
  3 group         string
  4 version       string
  5 resource      string
  6 subresource   string
  7 name          string
  8 fieldSelector FieldSelectorAttributes
  9 labelSelector LabelSelectorAttributes
`,
);

message(
  'authorization/v1.NonResourceAttributes',
  `
  1 path string
  2 verb string
`,
);

message(
  'authorization/v1.FieldSelectorAttributes',
  `
  1 rawSelector  string
  2 requirements meta/v1.FieldSelectorRequirement[] list=atomic
`,
);

message(
  'authorization/v1.LabelSelectorAttributes',
  `
  1 rawSelector  string
  2 requirements meta/v1.LabelSelectorRequirement[] list=atomic
`,
);

message(
  'authorization/v1.ExtraValue',
  `
  1 items string[] bare
`,
);
