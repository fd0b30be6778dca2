import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'certificates/v1.CertificateSigningRequest',
  `
  - typeMeta meta/v1.TypeMeta                inline
  1 metadata meta/v1.ObjectMeta
  2 spec     CertificateSigningRequestSpec   required = {}
  3 status   CertificateSigningRequestStatus = {}
`,
);

message(
  'certificates/v1.CertificateSigningRequestList',
  `
  - typeMeta meta/v1.TypeMeta            inline
  1 metadata meta/v1.ListMeta
  2 items    CertificateSigningRequest[] required
`,
);

message(
  'certificates/v1.CertificateSigningRequestSpec',
  `
  1 request           bytes        required
  7 signerName        string       required
  8 expirationSeconds int32        pointer
  5 usages            string[]     list=atomic
  2 username          string
  3 uid               string
  4 groups            string[]     list=atomic
  6 extra             {ExtraValue}
`,
);

message(
  'certificates/v1.CertificateSigningRequestStatus',
  `
  1 conditions  CertificateSigningRequestCondition[] keys=type
  2 certificate bytes
`,
);

message(
  'certificates/v1.ExtraValue',
  `
  1 items string[] bare
`,
);

message(
  'certificates/v1.CertificateSigningRequestCondition',
  `
  1 type               string required
  6 status             string required
  2 reason             string
  3 message            string
  4 lastUpdateTime     time
  5 lastTransitionTime time
`,
);
