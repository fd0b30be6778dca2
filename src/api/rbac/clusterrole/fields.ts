import '../../meta/fields.ts';
import '../rules/fields.ts';
import { message } from '../../message.ts';

message(
  'rbac/v1.ClusterRole',
  `
  - typeMeta        meta/v1.TypeMeta   inline
  1 metadata        meta/v1.ObjectMeta
  2 rules           PolicyRule[]       list=atomic
  3 aggregationRule AggregationRule
`,
);

message(
  'rbac/v1.ClusterRoleList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    ClusterRole[]    required
`,
);
