import '../../meta/fields.ts';
import '../rules/fields.ts';
import { message } from '../../message.ts';

message(
  'admissionregistration/v1.MutatingAdmissionPolicyBinding',
  `
  - typeMeta meta/v1.TypeMeta                   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     MutatingAdmissionPolicyBindingSpec = {}
`,
);

message(
  'admissionregistration/v1.MutatingAdmissionPolicyBindingList',
  `
  - typeMeta meta/v1.TypeMeta                 inline
  1 metadata meta/v1.ListMeta
  2 items    MutatingAdmissionPolicyBinding[] required
`,
);

message(
  'admissionregistration/v1.MutatingAdmissionPolicyBindingSpec',
  `
  1 policyName     string
  2 paramRef       ParamRef
  3 matchResources MatchResources
`,
);
