/** What every object carries, and what selects and names objects. */
import { message } from '../message.ts';

message(
  'meta/v1.TypeMeta',
  `
  1 kind       string
  2 apiVersion string
`,
);

message(
  'meta/v1.ObjectMeta',
  `
   1 name                       string
   2 generateName               string
   3 namespace                  string
   4 selfLink                   string
   5 uid                        string
   6 resourceVersion            string
   7 generation                 int64
   8 creationTimestamp          time
   9 deletionTimestamp          time
  10 deletionGracePeriodSeconds int64                pointer
  11 labels                     {string}
  12 annotations                {string}
  13 ownerReferences            OwnerReference[]     merge=uid keys=uid
  14 finalizers                 string[]             merge list=set
  17 managedFields              ManagedFieldsEntry[] list=atomic
`,
);

message(
  'meta/v1.ListMeta',
  `
  1 selfLink           string
  2 resourceVersion    string
  3 continue           string
  4 remainingItemCount int64     pointer
  5 shardInfo          ShardInfo
`,
);

message(
  'meta/v1.ShardInfo',
  `
  1 selector string required
`,
);

message(
  'meta/v1.OwnerReference',
  `
  5 apiVersion         string required
  1 kind               string required
  3 name               string required
  4 uid                string required
  6 controller         bool   pointer
  7 blockOwnerDeletion bool   pointer
`,
);

message(
  'meta/v1.ManagedFieldsEntry',
  `
  1 manager     string
  2 operation   string
  3 apiVersion  string
  4 time        time
  6 fieldsType  string
  7 fieldsV1    fieldsV1
  8 subresource string
`,
);

message(
  'meta/v1.LabelSelector',
  `
  1 matchLabels      {string}
  2 matchExpressions LabelSelectorRequirement[] list=atomic
`,
);

message(
  'meta/v1.LabelSelectorRequirement',
  `
  1 key      string   required
  2 operator string   required
  3 values   string[] list=atomic
`,
);

message(
  'meta/v1.FieldSelectorRequirement',
  `
  1 key      string   required
  2 operator string   required
  3 values   string[] list=atomic
`,
);

message(
  'meta/v1.Condition',
  `
  1 type               string required
  2 status             string required
  3 observedGeneration int64
  4 lastTransitionTime time   required
  5 reason             string required
  6 message            string required
`,
);

message(
  'meta/v1.PartialObjectMetadata',
  `
  - typeMeta TypeMeta   inline
  1 metadata ObjectMeta
`,
);

message(
  'meta/v1.PartialObjectMetadataList',
  `
  - typeMeta TypeMeta                inline
  1 metadata ListMeta
  2 items    PartialObjectMetadata[] required
`,
);

message(
  'meta/v1.List',
  `
  - typeMeta TypeMeta       inline
  1 metadata ListMeta
  2 items    rawExtension[] required
`,
);
