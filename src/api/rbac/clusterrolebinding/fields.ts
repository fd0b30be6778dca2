import '../../meta/fields.ts';
import '../rules/fields.ts';
import { message } from '../../message.ts';

message(
  'rbac/v1.ClusterRoleBinding',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 subjects Subject[]          list=atomic
  3 roleRef  RoleRef            required = {}
`,
);

message(
  'rbac/v1.ClusterRoleBindingList',
  `
  - typeMeta meta/v1.TypeMeta     inline
  1 metadata meta/v1.ListMeta
  2 items    ClusterRoleBinding[] required
`,
);
