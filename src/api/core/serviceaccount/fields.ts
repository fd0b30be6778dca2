import '../../meta/fields.ts';
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.ServiceAccount',
  `
  - typeMeta                     meta/v1.TypeMeta       inline
  1 metadata                     meta/v1.ObjectMeta
  2 secrets                      ObjectReference[]      merge=name keys=name
  3 imagePullSecrets             LocalObjectReference[] list=atomic
  4 automountServiceAccountToken bool                   pointer
`,
);

message(
  'core/v1.ServiceAccountList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    ServiceAccount[] required
`,
);
