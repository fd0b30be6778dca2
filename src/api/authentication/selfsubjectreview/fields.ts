import '../../meta/fields.ts';
import '../user/fields.ts';
import { message } from '../../message.ts';

message(
  'authentication/v1.SelfSubjectReview',
  `
  - typeMeta meta/v1.TypeMeta        inline
  1 metadata meta/v1.ObjectMeta
  2 status   SelfSubjectReviewStatus = {}
`,
);

message(
  'authentication/v1.SelfSubjectReviewStatus',
  `
  1 userInfo UserInfo = {}
`,
);
