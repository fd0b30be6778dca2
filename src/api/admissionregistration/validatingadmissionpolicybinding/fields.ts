import '../../meta/fields.ts';
import '../rules/fields.ts';
import { message } from '../../message.ts';

message(
  'admissionregistration/v1.ValidatingAdmissionPolicyBinding',
  `
  - typeMeta meta/v1.TypeMeta                     inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ValidatingAdmissionPolicyBindingSpec = {}
`,
);

message(
  'admissionregistration/v1.ValidatingAdmissionPolicyBindingList',
  `
  - typeMeta meta/v1.TypeMeta                   inline
  1 metadata meta/v1.ListMeta
  2 items    ValidatingAdmissionPolicyBinding[] required
`,
);

message(
  'admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec',
  `
  1 policyName        string
  2 paramRef          ParamRef
  3 matchResources    MatchResources
  4 validationActions string[]       list=set
`,
);
