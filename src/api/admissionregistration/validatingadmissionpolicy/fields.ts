import '../../meta/fields.ts';
import '../rules/fields.ts';
import { message } from '../../message.ts';

message(
  'admissionregistration/v1.ValidatingAdmissionPolicy',
  `
  - typeMeta meta/v1.TypeMeta                inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ValidatingAdmissionPolicySpec   = {}
  3 status   ValidatingAdmissionPolicyStatus = {}
`,
);

message(
  'admissionregistration/v1.ValidatingAdmissionPolicyList',
  `
  - typeMeta meta/v1.TypeMeta            inline
  1 metadata meta/v1.ListMeta
  2 items    ValidatingAdmissionPolicy[] required
`,
);

message(
  'admissionregistration/v1.ValidatingAdmissionPolicySpec',
  `
  1 paramKind        ParamKind
  2 matchConstraints MatchResources
  3 validations      Validation[]      list=atomic
  4 failurePolicy    string            pointer = Fail
  5 auditAnnotations AuditAnnotation[] list=atomic
  6 matchConditions  MatchCondition[]  merge=name keys=name
  7 variables        Variable[]        merge=name keys=name
`,
);

message(
  'admissionregistration/v1.ValidatingAdmissionPolicyStatus',
  `
  1 observedGeneration int64
  2 typeChecking       TypeChecking
  3 conditions         meta/v1.Condition[] keys=type
`,
);

message(
  'admissionregistration/v1.Validation',
  `
  1 expression        string required
  2 message           string
  3 reason            string pointer
  4 messageExpression string
`,
);

message(
  'admissionregistration/v1.AuditAnnotation',
  `
  1 key             string required
  2 valueExpression string required
`,
);

message(
  'admissionregistration/v1.TypeChecking',
  `
  1 expressionWarnings ExpressionWarning[] list=atomic
`,
);

message(
  'admissionregistration/v1.ExpressionWarning',
  `
  2 fieldRef string required
  3 warning  string required
`,
);
