import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'authentication/v1.TokenRequest',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     TokenRequestSpec   = {}
  3 status   TokenRequestStatus = {}
`,
);

message(
  'authentication/v1.TokenRequestSpec',
  `
  1 audiences         string[]             list=atomic
  4 expirationSeconds int64                pointer = 3600
  3 boundObjectRef    BoundObjectReference
  5 attestations      {AttestationValue}
`,
);

message(
  'authentication/v1.BoundObjectReference',
  `
  1 kind       string
  2 apiVersion string
  3 name       string
  4 uid        string
`,
);

message(
  'authentication/v1.TokenRequestStatus',
  `
  1 token               string
  2 expirationTimestamp time
`,
);

message(
  'authentication/v1.AttestationValue',
  `
  1 items string[] bare
`,
);
