/** Volumes of storage vendors, most of them deprecated in favour of CSI. Their fields are kept, so that manifests pass. */
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.GCEPersistentDiskVolumeSource',
  `
  1 pdName    string required
  2 fsType    string
  3 partition int32
  4 readOnly  bool
`,
);

message(
  'core/v1.AWSElasticBlockStoreVolumeSource',
  `
  1 volumeID  string required
  2 fsType    string
  3 partition int32
  4 readOnly  bool
`,
);

message(
  'core/v1.GitRepoVolumeSource',
  `
  1 repository string required
  2 revision   string
  3 directory  string
`,
);

message(
  'core/v1.ISCSIVolumeSource',
  `
   1 targetPortal      string               required
   2 iqn               string               required
   3 lun               int32                required
   4 iscsiInterface    string               = default
   5 fsType            string
   6 readOnly          bool
   7 portals           string[]             list=atomic
   8 chapAuthDiscovery bool
  11 chapAuthSession   bool
  10 secretRef         LocalObjectReference struct=atomic
  12 initiatorName     string               pointer
`,
);

message(
  'core/v1.GlusterfsVolumeSource',
  `
  1 endpoints string required
  2 path      string required
  3 readOnly  bool
`,
);

message(
  'core/v1.RBDVolumeSource',
  `
  1 monitors  string[]             required list=atomic
  2 image     string               required
  3 fsType    string
  4 pool      string               = rbd
  5 user      string               = admin
  6 keyring   string               = /etc/ceph/keyring
  7 secretRef LocalObjectReference struct=atomic
  8 readOnly  bool
`,
);

message(
  'core/v1.FlexVolumeSource',
  `
  1 driver    string               required
  2 fsType    string
  3 secretRef LocalObjectReference struct=atomic
  4 readOnly  bool
  5 options   {string}
`,
);

message(
  'core/v1.CinderVolumeSource',
  `
  1 volumeID  string               required
  2 fsType    string
  3 readOnly  bool
  4 secretRef LocalObjectReference struct=atomic
`,
);

message(
  'core/v1.CephFSVolumeSource',
  `
  1 monitors   string[]             required list=atomic
  2 path       string
  3 user       string
  4 secretFile string
  5 secretRef  LocalObjectReference struct=atomic
  6 readOnly   bool
`,
);

message(
  'core/v1.FlockerVolumeSource',
  `
  1 datasetName string
  2 datasetUUID string
`,
);

message(
  'core/v1.FCVolumeSource',
  `
  1 targetWWNs string[] list=atomic
  2 lun        int32    pointer
  3 fsType     string
  4 readOnly   bool
  5 wwids      string[] list=atomic
`,
);

message(
  'core/v1.AzureFileVolumeSource',
  `
  1 secretName string required
  2 shareName  string required
  3 readOnly   bool
`,
);

message(
  'core/v1.VsphereVirtualDiskVolumeSource',
  `
  1 volumePath        string required
  2 fsType            string
  3 storagePolicyName string
  4 storagePolicyID   string
`,
);

message(
  'core/v1.QuobyteVolumeSource',
  `
  1 registry string required
  2 volume   string required
  3 readOnly bool
  4 user     string
  5 group    string
  6 tenant   string
`,
);

message(
  'core/v1.AzureDiskVolumeSource',
  `
  1 diskName    string required
  2 diskURI     string required
  3 cachingMode string pointer = ReadWrite
  4 fsType      string pointer = ext4
  5 readOnly    bool   pointer = false
  6 kind        string pointer = Shared
`,
);

message(
  'core/v1.PhotonPersistentDiskVolumeSource',
  `
  1 pdID   string required
  2 fsType string
`,
);

message(
  'core/v1.PortworxVolumeSource',
  `
  1 volumeID string required
  2 fsType   string
  3 readOnly bool
`,
);

message(
  'core/v1.ScaleIOVolumeSource',
  `
   1 gateway          string               required
   2 system           string               required
   3 secretRef        LocalObjectReference required struct=atomic
   4 sslEnabled       bool
   5 protectionDomain string
   6 storagePool      string
   7 storageMode      string               = ThinProvisioned
   8 volumeName       string
   9 fsType           string               = xfs
  10 readOnly         bool
`,
);

message(
  'core/v1.StorageOSVolumeSource',
  `
  1 volumeName      string
  2 volumeNamespace string
  3 fsType          string
  4 readOnly        bool
  5 secretRef       LocalObjectReference struct=atomic
`,
);
