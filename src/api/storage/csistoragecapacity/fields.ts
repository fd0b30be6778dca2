import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'storage/v1.CSIStorageCapacity',
  `
  - typeMeta          meta/v1.TypeMeta      inline
  1 metadata          meta/v1.ObjectMeta
  2 nodeTopology      meta/v1.LabelSelector struct=atomic
  3 storageClassName  string                required
  4 capacity          quantity
  5 maximumVolumeSize quantity
`,
);

message(
  'storage/v1.CSIStorageCapacityList',
  `
  - typeMeta meta/v1.TypeMeta     inline
  1 metadata meta/v1.ListMeta
  2 items    CSIStorageCapacity[] required
`,
);
