import '../../meta/fields.ts';
import '../rules/fields.ts';
import { message } from '../../message.ts';

message(
  'admissionregistration/v1.MutatingAdmissionPolicy',
  `
  - typeMeta meta/v1.TypeMeta            inline
  1 metadata meta/v1.ObjectMeta
  2 spec     MutatingAdmissionPolicySpec = {}
`,
);

message(
  'admissionregistration/v1.MutatingAdmissionPolicyList',
  `
  - typeMeta meta/v1.TypeMeta          inline
  1 metadata meta/v1.ListMeta
  2 items    MutatingAdmissionPolicy[] required
`,
);

message(
  'admissionregistration/v1.MutatingAdmissionPolicySpec',
  `
  1 paramKind          ParamKind
  2 matchConstraints   MatchResources
  3 variables          Variable[]       list=atomic
  4 mutations          Mutation[]       list=atomic
  5 failurePolicy      string           pointer = Fail
  6 matchConditions    MatchCondition[] merge=name keys=name
  7 reinvocationPolicy string
`,
);

message(
  'admissionregistration/v1.Mutation',
  `
  2 patchType          string             required
  3 applyConfiguration ApplyConfiguration
  4 jsonPatch          JSONPatch
`,
);

message(
  'admissionregistration/v1.ApplyConfiguration',
  `
  1 expression string
`,
);

message(
  'admissionregistration/v1.JSONPatch',
  `
  1 expression string
`,
);
