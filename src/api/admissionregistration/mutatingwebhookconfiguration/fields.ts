import '../../meta/fields.ts';
import '../rules/fields.ts';
import { message } from '../../message.ts';

message(
  'admissionregistration/v1.MutatingWebhookConfiguration',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 webhooks MutatingWebhook[]  merge=name keys=name
`,
);

message(
  'admissionregistration/v1.MutatingWebhookConfigurationList',
  `
  - typeMeta meta/v1.TypeMeta               inline
  1 metadata meta/v1.ListMeta
  2 items    MutatingWebhookConfiguration[] required
`,
);

message(
  'admissionregistration/v1.MutatingWebhook',
  `
   1 name                    string                required
   2 clientConfig            WebhookClientConfig   required = {}
   3 rules                   RuleWithOperations[]  list=atomic
   4 failurePolicy           string                pointer = Fail
   9 matchPolicy             string                pointer = Equivalent
   5 namespaceSelector       meta/v1.LabelSelector struct=atomic = {}
  11 objectSelector          meta/v1.LabelSelector struct=atomic = {}
   6 sideEffects             string                required pointer
   7 timeoutSeconds          int32                 pointer = 10
   8 admissionReviewVersions string[]              required list=atomic
  10 reinvocationPolicy      string                pointer = Never
  12 matchConditions         MatchCondition[]      merge=name keys=name
`,
);
