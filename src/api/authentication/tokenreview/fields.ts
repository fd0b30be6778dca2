import '../../meta/fields.ts';
import '../user/fields.ts';
import { message } from '../../message.ts';

message(
  'authentication/v1.TokenReview',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     TokenReviewSpec    required = {}
  3 status   TokenReviewStatus  = {}
`,
);

message(
  'authentication/v1.TokenReviewSpec',
  `
  1 token     string
  2 audiences string[] list=atomic
`,
);

message(
  'authentication/v1.TokenReviewStatus',
  `
  1 authenticated bool
  2 user          UserInfo = {}
  4 audiences     string[] list=atomic
  3 error         string
`,
);
