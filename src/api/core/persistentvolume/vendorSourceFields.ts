/** Volumes of storage vendors. Their fields are kept, so that manifests pass. */
import '../pod/vendorVolumeFields.ts';
import '../pod/volumeFields.ts';
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.PersistentVolumeSource',
  `
   1 gcePersistentDisk    GCEPersistentDiskVolumeSource
   2 awsElasticBlockStore AWSElasticBlockStoreVolumeSource
   3 hostPath             HostPathVolumeSource
   4 glusterfs            GlusterfsPersistentVolumeSource
   5 nfs                  NFSVolumeSource
   6 rbd                  RBDPersistentVolumeSource
   7 iscsi                ISCSIPersistentVolumeSource
   8 cinder               CinderPersistentVolumeSource
   9 cephfs               CephFSPersistentVolumeSource
  10 fc                   FCVolumeSource
  11 flocker              FlockerVolumeSource
  12 flexVolume           FlexPersistentVolumeSource
  13 azureFile            AzureFilePersistentVolumeSource
  14 vsphereVolume        VsphereVirtualDiskVolumeSource
  15 quobyte              QuobyteVolumeSource
  16 azureDisk            AzureDiskVolumeSource
  17 photonPersistentDisk PhotonPersistentDiskVolumeSource
  18 portworxVolume       PortworxVolumeSource
  19 scaleIO              ScaleIOPersistentVolumeSource
  20 local                LocalVolumeSource
  21 storageos            StorageOSPersistentVolumeSource
  22 csi                  CSIPersistentVolumeSource
`,
);

message(
  'core/v1.GlusterfsPersistentVolumeSource',
  `
  1 endpoints          string required
  2 path               string required
  3 readOnly           bool
  4 endpointsNamespace string pointer
`,
);

message(
  'core/v1.RBDPersistentVolumeSource',
  `
  1 monitors  string[]        required list=atomic
  2 image     string          required
  3 fsType    string
  4 pool      string          = rbd
  5 user      string          = admin
  6 keyring   string          = /etc/ceph/keyring
  7 secretRef SecretReference struct=atomic
  8 readOnly  bool
`,
);

message(
  'core/v1.ISCSIPersistentVolumeSource',
  `
   1 targetPortal      string          required
   2 iqn               string          required
   3 lun               int32           required
   4 iscsiInterface    string          = default
   5 fsType            string
   6 readOnly          bool
   7 portals           string[]        list=atomic
   8 chapAuthDiscovery bool
  11 chapAuthSession   bool
  10 secretRef         SecretReference struct=atomic
  12 initiatorName     string          pointer
`,
);

message(
  'core/v1.CinderPersistentVolumeSource',
  `
  1 volumeID  string          required
  2 fsType    string
  3 readOnly  bool
  4 secretRef SecretReference struct=atomic
`,
);

message(
  'core/v1.CephFSPersistentVolumeSource',
  `
  1 monitors   string[]        required list=atomic
  2 path       string
  3 user       string
  4 secretFile string
  5 secretRef  SecretReference struct=atomic
  6 readOnly   bool
`,
);

message(
  'core/v1.FlexPersistentVolumeSource',
  `
  1 driver    string          required
  2 fsType    string
  3 secretRef SecretReference struct=atomic
  4 readOnly  bool
  5 options   {string}
`,
);

message(
  'core/v1.AzureFilePersistentVolumeSource',
  `
  1 secretName      string required
  2 shareName       string required
  3 readOnly        bool
  4 secretNamespace string pointer
`,
);

message(
  'core/v1.ScaleIOPersistentVolumeSource',
  `
   1 gateway          string          required
   2 system           string          required
   3 secretRef        SecretReference required struct=atomic
   4 sslEnabled       bool
   5 protectionDomain string
   6 storagePool      string
   7 storageMode      string          = ThinProvisioned
   8 volumeName       string
   9 fsType           string          = xfs
  10 readOnly         bool
`,
);

message(
  'core/v1.StorageOSPersistentVolumeSource',
  `
  1 volumeName      string
  2 volumeNamespace string
  3 fsType          string
  4 readOnly        bool
  5 secretRef       ObjectReference struct=atomic
`,
);
