import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'storage/v1.CSINode',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     CSINodeSpec        required = {}
  3 status   CSINodeStatus      = {}
`,
);

message(
  'storage/v1.CSINodeList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    CSINode[]        required
`,
);

message(
  'storage/v1.CSINodeSpec',
  `
  1 drivers CSINodeDriver[] required merge=name keys=name
`,
);

message(
  'storage/v1.CSINodeStatus',
  `
  1 storageHealth StorageHealth[] merge=name keys=name
`,
);

message(
  'storage/v1.CSINodeDriver',
  `
  1 name         string              required
  2 nodeID       string              required
  3 topologyKeys string[]            list=atomic
  4 allocatable  VolumeNodeResources
`,
);

message(
  'storage/v1.StorageHealth',
  `
  1 name             string                   required
  2 healthConditions StorageHealthCondition[] list=atomic
`,
);

message(
  'storage/v1.VolumeNodeResources',
  `
  1 count int32 pointer
`,
);

message(
  'storage/v1.StorageHealthCondition',
  `
  1 status             string required
  2 reason             string required
  3 message            string
  4 accessMode         string pointer
  5 volumeMode         string pointer
  6 lastTransitionTime time
`,
);
