import '../../meta/fields.ts';
import '../resourceclaim/fields.ts';
import { message } from '../../message.ts';

message(
  'resource/v1.ResourceClaimTemplate',
  `
  - typeMeta meta/v1.TypeMeta          inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ResourceClaimTemplateSpec = {}
`,
);

message(
  'resource/v1.ResourceClaimTemplateList',
  `
  - typeMeta meta/v1.TypeMeta        inline
  1 metadata meta/v1.ListMeta
  2 items    ResourceClaimTemplate[] required
`,
);

message(
  'resource/v1.ResourceClaimTemplateSpec',
  `
  1 metadata meta/v1.ObjectMeta
  2 spec     ResourceClaimSpec  = {}
`,
);
