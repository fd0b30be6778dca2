import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'coordination/v1.Lease',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     LeaseSpec          = {}
`,
);

message(
  'coordination/v1.LeaseList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Lease[]          required
`,
);

message(
  'coordination/v1.LeaseSpec',
  `
  1 holderIdentity       string    pointer
  2 leaseDurationSeconds int32     pointer
  3 acquireTime          microTime
  4 renewTime            microTime
  5 leaseTransitions     int32     pointer
  6 strategy             string    pointer
  7 preferredHolder      string    pointer
`,
);
