import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'storage/v1.StorageClass',
  `
  - typeMeta             meta/v1.TypeMeta               inline
  1 metadata             meta/v1.ObjectMeta
  2 provisioner          string                         required
  3 parameters           {string}
  4 reclaimPolicy        string                         pointer = Delete
  5 mountOptions         string[]                       list=atomic
  6 allowVolumeExpansion bool                           pointer
  7 volumeBindingMode    string                         pointer = Immediate
  8 allowedTopologies    core/v1.TopologySelectorTerm[] list=atomic
`,
);

message(
  'storage/v1.StorageClassList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    StorageClass[]   required
`,
);

message(
  'core/v1.TopologySelectorTerm',
  `
  1 matchLabelExpressions TopologySelectorLabelRequirement[] list=atomic
`,
);

message(
  'core/v1.TopologySelectorLabelRequirement',
  `
  1 key    string   required
  2 values string[] required list=atomic
`,
);
