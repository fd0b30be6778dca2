/** The pod, its template and what its spec consists of, beside containers, volumes and scheduling. */
import '../../meta/fields.ts';
import '../reference/fields.ts';
import './containerFields.ts';
import './schedulingFields.ts';
import './statusFields.ts';
import './volumeFields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Pod',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     PodSpec            = {}
  3 status   PodStatus          = {}
`,
);

message(
  'core/v1.PodList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Pod[]            required
`,
);

message(
  'core/v1.PodTemplateSpec',
  `
  1 metadata meta/v1.ObjectMeta
  2 spec     PodSpec            = {}
`,
);

message(
  'core/v1.PodSpec',
  `
   1 volumes                       Volume[]                   merge=name retainKeys keys=name
  20 initContainers                Container[]                merge=name keys=name
   2 containers                    Container[]                required merge=name keys=name
  34 ephemeralContainers           EphemeralContainer[]       merge=name keys=name
   3 restartPolicy                 string                     = Always
   4 terminationGracePeriodSeconds int64                      pointer = 30
   5 activeDeadlineSeconds         int64                      pointer
   6 dnsPolicy                     string                     = ClusterFirst
   7 nodeSelector                  {string}                   map=atomic
   8 serviceAccountName            string
   9 serviceAccount                string
  21 automountServiceAccountToken  bool                       pointer
  10 nodeName                      string
  11 hostNetwork                   bool
  12 hostPID                       bool
  13 hostIPC                       bool
  27 shareProcessNamespace         bool                       pointer
  14 securityContext               PodSecurityContext         = {}
  15 imagePullSecrets              LocalObjectReference[]     merge=name keys=name
  16 hostname                      string
  17 subdomain                     string
  18 affinity                      Affinity
  19 schedulerName                 string                     = default-scheduler
  22 tolerations                   Toleration[]               list=atomic
  23 hostAliases                   HostAlias[]                merge=ip keys=ip
  24 priorityClassName             string
  25 priority                      int32                      pointer
  26 dnsConfig                     PodDNSConfig
  28 readinessGates                PodReadinessGate[]         list=atomic
  29 runtimeClassName              string                     pointer
  30 enableServiceLinks            bool                       pointer
  31 preemptionPolicy              string                     pointer
  32 overhead                      {quantity}
  33 topologySpreadConstraints     TopologySpreadConstraint[] merge=topologyKey keys=topologyKey,whenUnsatisfiable
  35 setHostnameAsFQDN             bool                       pointer
  36 os                            PodOS
  37 hostUsers                     bool                       pointer
  38 schedulingGates               PodSchedulingGate[]        merge=name keys=name
  39 resourceClaims                PodResourceClaim[]         merge=name retainKeys keys=name
  40 resources                     ResourceRequirements
  41 hostnameOverride              string                     pointer
  43 schedulingGroup               PodSchedulingGroup
  44 evictionResponders            EvictionResponder[]        merge=name keys=name
`,
);

message(
  'core/v1.PodSecurityContext',
  `
   1 seLinuxOptions           SELinuxOptions
   8 windowsOptions           WindowsSecurityContextOptions
   2 runAsUser                int64                         pointer
   6 runAsGroup               int64                         pointer
   3 runAsNonRoot             bool                          pointer
   4 supplementalGroups       int64[]                       list=atomic
  12 supplementalGroupsPolicy string                        pointer
   5 fsGroup                  int64                         pointer
   7 sysctls                  Sysctl[]                      list=atomic
   9 fsGroupChangePolicy      string                        pointer
  10 seccompProfile           SeccompProfile
  11 appArmorProfile          AppArmorProfile
  13 seLinuxChangePolicy      string                        pointer
`,
);

message(
  'core/v1.Sysctl',
  `
  1 name  string required
  2 value string required
`,
);

message(
  'core/v1.PodDNSConfig',
  `
  1 nameservers string[]             list=atomic
  2 searches    string[]             list=atomic
  3 options     PodDNSConfigOption[] list=atomic
`,
);

message(
  'core/v1.PodDNSConfigOption',
  `
  1 name  string
  2 value string pointer
`,
);

message(
  'core/v1.HostAlias',
  `
  1 ip        string   required
  2 hostnames string[] list=atomic
`,
);

message(
  'core/v1.PodOS',
  `
  1 name string required
`,
);

message(
  'core/v1.PodReadinessGate',
  `
  1 conditionType string required
`,
);
