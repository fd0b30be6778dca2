/** Volumes that Kubernetes itself provides. */
import '../persistentvolumeclaim/fields.ts';
import '../reference/fields.ts';
import './vendorVolumeFields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Volume',
  `
  1 name         string       required
  2 volumeSource VolumeSource inline
`,
);

message(
  'core/v1.VolumeSource',
  `
   1 hostPath              HostPathVolumeSource
   2 emptyDir              EmptyDirVolumeSource
   3 gcePersistentDisk     GCEPersistentDiskVolumeSource
   4 awsElasticBlockStore  AWSElasticBlockStoreVolumeSource
   5 gitRepo               GitRepoVolumeSource
   6 secret                SecretVolumeSource
   7 nfs                   NFSVolumeSource
   8 iscsi                 ISCSIVolumeSource
   9 glusterfs             GlusterfsVolumeSource
  10 persistentVolumeClaim PersistentVolumeClaimVolumeSource
  11 rbd                   RBDVolumeSource
  12 flexVolume            FlexVolumeSource
  13 cinder                CinderVolumeSource
  14 cephfs                CephFSVolumeSource
  15 flocker               FlockerVolumeSource
  16 downwardAPI           DownwardAPIVolumeSource
  17 fc                    FCVolumeSource
  18 azureFile             AzureFileVolumeSource
  19 configMap             ConfigMapVolumeSource
  20 vsphereVolume         VsphereVirtualDiskVolumeSource
  21 quobyte               QuobyteVolumeSource
  22 azureDisk             AzureDiskVolumeSource
  23 photonPersistentDisk  PhotonPersistentDiskVolumeSource
  26 projected             ProjectedVolumeSource
  24 portworxVolume        PortworxVolumeSource
  25 scaleIO               ScaleIOVolumeSource
  27 storageos             StorageOSVolumeSource
  28 csi                   CSIVolumeSource
  29 ephemeral             EphemeralVolumeSource
  30 image                 ImageVolumeSource
`,
);

message(
  'core/v1.HostPathVolumeSource',
  `
  1 path string required
  2 type string pointer = ""
`,
);

message(
  'core/v1.EmptyDirVolumeSource',
  `
  1 medium    string
  2 sizeLimit quantity
  3 mode      int32    pointer
`,
);

message(
  'core/v1.SecretVolumeSource',
  `
  1 secretName  string
  2 items       KeyToPath[] list=atomic
  3 defaultMode int32       pointer = 420
  4 optional    bool        pointer
  5 defaultUser int64       pointer
`,
);

message(
  'core/v1.ConfigMapVolumeSource',
  `
  1 localObjectReference LocalObjectReference inline
  2 items                KeyToPath[]          list=atomic
  3 defaultMode          int32                pointer = 420
  4 optional             bool                 pointer
  5 defaultUser          int64                pointer
`,
);

message(
  'core/v1.KeyToPath',
  `
  1 key  string required
  2 path string required
  3 mode int32  pointer
  4 user int64  pointer
`,
);

message(
  'core/v1.DownwardAPIVolumeSource',
  `
  1 items       DownwardAPIVolumeFile[] list=atomic
  2 defaultMode int32                   pointer = 420
  3 defaultUser int64                   pointer
`,
);

message(
  'core/v1.DownwardAPIVolumeFile',
  `
  1 path             string                required
  2 fieldRef         ObjectFieldSelector   struct=atomic
  3 resourceFieldRef ResourceFieldSelector struct=atomic
  4 mode             int32                 pointer
  5 user             int64                 pointer
`,
);

message(
  'core/v1.ProjectedVolumeSource',
  `
  1 sources     VolumeProjection[] list=atomic
  2 defaultMode int32              pointer = 420
  3 defaultUser int64              pointer
`,
);

message(
  'core/v1.VolumeProjection',
  `
  1 secret              SecretProjection
  2 downwardAPI         DownwardAPIProjection
  3 configMap           ConfigMapProjection
  4 serviceAccountToken ServiceAccountTokenProjection
  5 clusterTrustBundle  ClusterTrustBundleProjection
  6 podCertificate      PodCertificateProjection
`,
);

message(
  'core/v1.SecretProjection',
  `
  1 localObjectReference LocalObjectReference inline
  2 items                KeyToPath[]          list=atomic
  4 optional             bool                 pointer
`,
);

message(
  'core/v1.ConfigMapProjection',
  `
  1 localObjectReference LocalObjectReference inline
  2 items                KeyToPath[]          list=atomic
  4 optional             bool                 pointer
`,
);

message(
  'core/v1.DownwardAPIProjection',
  `
  1 items DownwardAPIVolumeFile[] list=atomic
`,
);

message(
  'core/v1.ServiceAccountTokenProjection',
  `
  1 audience          string
  2 expirationSeconds int64  pointer = 3600
  3 path              string required
  4 user              int64  pointer
`,
);

message(
  'core/v1.ClusterTrustBundleProjection',
  `
  1 name          string                pointer
  2 signerName    string                pointer
  3 labelSelector meta/v1.LabelSelector struct=atomic
  5 optional      bool                  pointer
  4 path          string                required
  6 user          int64                 pointer
`,
);

message(
  'core/v1.PodCertificateProjection',
  `
  1 signerName           string
  2 keyType              string
  3 maxExpirationSeconds int32    pointer
  4 credentialBundlePath string
  5 keyPath              string
  6 certificateChainPath string
  7 userAnnotations      {string}
  8 user                 int64    pointer
`,
);

message(
  'core/v1.PersistentVolumeClaimVolumeSource',
  `
  1 claimName string required
  2 readOnly  bool
`,
);

message(
  'core/v1.EphemeralVolumeSource',
  `
  1 volumeClaimTemplate PersistentVolumeClaimTemplate
`,
);

message(
  'core/v1.ImageVolumeSource',
  `
  1 reference  string
  2 pullPolicy string
`,
);

message(
  'core/v1.CSIVolumeSource',
  `
  1 driver               string               required
  2 readOnly             bool                 pointer
  3 fsType               string               pointer
  4 volumeAttributes     {string}
  5 nodePublishSecretRef LocalObjectReference struct=atomic
`,
);

message(
  'core/v1.NFSVolumeSource',
  `
  1 server   string required
  2 path     string required
  3 readOnly bool
`,
);
