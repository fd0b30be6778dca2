import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'storage/v1.CSIDriver',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     CSIDriverSpec      required = {}
`,
);

message(
  'storage/v1.CSIDriverList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    CSIDriver[]      required
`,
);

message(
  'storage/v1.CSIDriverSpec',
  `
   1 attachRequired                     bool           pointer = true
   2 podInfoOnMount                     bool           pointer = false
   3 volumeLifecycleModes               string[]       list=set
   4 storageCapacity                    bool           pointer = false
   5 fsGroupPolicy                      string         pointer = ReadWriteOnceWithFSType
   6 tokenRequests                      TokenRequest[] list=atomic
   7 requiresRepublish                  bool           pointer = false
   8 seLinuxMount                       bool           pointer = false
   9 nodeAllocatableUpdatePeriodSeconds int64          pointer
  10 serviceAccountTokenInSecrets       bool           pointer
  11 preventPodSchedulingIfMissing      bool           pointer
`,
);

message(
  'storage/v1.TokenRequest',
  `
  1 audience          string required
  2 expirationSeconds int64  pointer
`,
);
