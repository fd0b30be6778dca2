import '../../meta/fields.ts';
import '../pod/schedulingFields.ts';
import '../reference/fields.ts';
import './vendorSourceFields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.PersistentVolume',
  `
  - typeMeta meta/v1.TypeMeta       inline
  1 metadata meta/v1.ObjectMeta
  2 spec     PersistentVolumeSpec   = {}
  3 status   PersistentVolumeStatus = {}
`,
);

message(
  'core/v1.PersistentVolumeList',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ListMeta
  2 items    PersistentVolume[] required
`,
);

message(
  'core/v1.PersistentVolumeSpec',
  `
   1 capacity                      {quantity}
   2 persistentVolumeSource        PersistentVolumeSource inline
   3 accessModes                   string[]               list=atomic
   4 claimRef                      ObjectReference        struct=atomic
   5 persistentVolumeReclaimPolicy string                 = Retain
   6 storageClassName              string
   7 mountOptions                  string[]               list=atomic
   8 volumeMode                    string                 pointer = Filesystem
   9 nodeAffinity                  VolumeNodeAffinity
  10 volumeAttributesClassName     string                 pointer
`,
);

message(
  'core/v1.PersistentVolumeStatus',
  `
  1 phase                   string = Pending
  2 message                 string
  3 reason                  string
  4 lastPhaseTransitionTime time
`,
);

message(
  'core/v1.VolumeNodeAffinity',
  `
  1 required NodeSelector struct=atomic
`,
);

message(
  'core/v1.LocalVolumeSource',
  `
  1 path   string required
  2 fsType string pointer
`,
);

message(
  'core/v1.CSIPersistentVolumeSource',
  `
   1 driver                     string          required
   2 volumeHandle               string          required
   3 readOnly                   bool
   4 fsType                     string
   5 volumeAttributes           {string}
   6 controllerPublishSecretRef SecretReference struct=atomic
   7 nodeStageSecretRef         SecretReference struct=atomic
   8 nodePublishSecretRef       SecretReference struct=atomic
   9 controllerExpandSecretRef  SecretReference struct=atomic
  10 nodeExpandSecretRef        SecretReference struct=atomic
`,
);
