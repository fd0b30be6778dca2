/** What a pod asks of the node it runs on. */
import { message } from '../../message.ts';

message(
  'core/v1.Affinity',
  `
  1 nodeAffinity    NodeAffinity
  2 podAffinity     PodAffinity
  3 podAntiAffinity PodAntiAffinity
`,
);

message(
  'core/v1.NodeAffinity',
  `
  1 requiredDuringSchedulingIgnoredDuringExecution  NodeSelector              struct=atomic
  2 preferredDuringSchedulingIgnoredDuringExecution PreferredSchedulingTerm[] list=atomic
`,
);

message(
  'core/v1.NodeSelector',
  `
  1 nodeSelectorTerms NodeSelectorTerm[] required list=atomic
`,
);

message(
  'core/v1.NodeSelectorTerm',
  `
  1 matchExpressions NodeSelectorRequirement[] list=atomic
  2 matchFields      NodeSelectorRequirement[] list=atomic
`,
);

message(
  'core/v1.NodeSelectorRequirement',
  `
  1 key      string   required
  2 operator string   required
  3 values   string[] list=atomic
`,
);

message(
  'core/v1.PreferredSchedulingTerm',
  `
  1 weight     int32            required
  2 preference NodeSelectorTerm required struct=atomic = {}
`,
);

message(
  'core/v1.PodAffinity',
  `
  1 requiredDuringSchedulingIgnoredDuringExecution  PodAffinityTerm[]         list=atomic
  2 preferredDuringSchedulingIgnoredDuringExecution WeightedPodAffinityTerm[] list=atomic
`,
);

message(
  'core/v1.PodAntiAffinity',
  `
  1 requiredDuringSchedulingIgnoredDuringExecution  PodAffinityTerm[]         list=atomic
  2 preferredDuringSchedulingIgnoredDuringExecution WeightedPodAffinityTerm[] list=atomic
`,
);

message(
  'core/v1.PodAffinityTerm',
  `
  1 labelSelector     meta/v1.LabelSelector struct=atomic
  2 namespaces        string[]              list=atomic
  3 topologyKey       string                required
  4 namespaceSelector meta/v1.LabelSelector struct=atomic
  5 matchLabelKeys    string[]              list=atomic
  6 mismatchLabelKeys string[]              list=atomic
`,
);

message(
  'core/v1.WeightedPodAffinityTerm',
  `
  1 weight          int32           required
  2 podAffinityTerm PodAffinityTerm required = {}
`,
);

message(
  'core/v1.Toleration',
  `
  1 key               string
  2 operator          string
  3 value             string
  4 effect            string
  5 tolerationSeconds int64  pointer
`,
);

message(
  'core/v1.TopologySpreadConstraint',
  `
  1 maxSkew            int32                 required
  2 topologyKey        string                required
  3 whenUnsatisfiable  string                required
  4 labelSelector      meta/v1.LabelSelector struct=atomic
  5 minDomains         int32                 pointer
  6 nodeAffinityPolicy string                pointer
  7 nodeTaintsPolicy   string                pointer
  8 matchLabelKeys     string[]              list=atomic
`,
);

message(
  'core/v1.PodSchedulingGate',
  `
  1 name string required
`,
);

message(
  'core/v1.PodSchedulingGroup',
  `
  1 podGroupName string pointer
`,
);

message(
  'core/v1.PodResourceClaim',
  `
  1 name                      string required
  3 resourceClaimName         string pointer
  4 resourceClaimTemplateName string pointer
`,
);

message(
  'core/v1.EvictionResponder',
  `
  1 name     string required
  2 priority int32  required
`,
);
