import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'autoscaling/v2.HorizontalPodAutoscaler',
  `
  - typeMeta meta/v1.TypeMeta              inline
  1 metadata meta/v1.ObjectMeta
  2 spec     HorizontalPodAutoscalerSpec   = {}
  3 status   HorizontalPodAutoscalerStatus = {}
`,
);

message(
  'autoscaling/v2.HorizontalPodAutoscalerList',
  `
  - typeMeta meta/v1.TypeMeta          inline
  1 metadata meta/v1.ListMeta
  2 items    HorizontalPodAutoscaler[] required
`,
);

message(
  'autoscaling/v2.HorizontalPodAutoscalerSpec',
  `
  1 scaleTargetRef CrossVersionObjectReference     required = {}
  2 minReplicas    int32                           pointer = 1
  3 maxReplicas    int32                           required
  4 metrics        MetricSpec[]                    list=atomic
  5 behavior       HorizontalPodAutoscalerBehavior
`,
);

message(
  'autoscaling/v2.HorizontalPodAutoscalerStatus',
  `
  1 observedGeneration int64                              pointer
  2 lastScaleTime      time
  3 currentReplicas    int32
  4 desiredReplicas    int32                              required
  5 currentMetrics     MetricStatus[]                     list=atomic
  6 conditions         HorizontalPodAutoscalerCondition[] merge=type keys=type
`,
);

message(
  'autoscaling/v2.CrossVersionObjectReference',
  `
  1 kind       string required
  2 name       string required
  3 apiVersion string
`,
);

message(
  'autoscaling/v2.MetricSpec',
  `
  1 type              string                        required
  2 object            ObjectMetricSource
  3 pods              PodsMetricSource
  4 resource          ResourceMetricSource
  7 containerResource ContainerResourceMetricSource
  5 external          ExternalMetricSource
`,
);

message(
  'autoscaling/v2.HorizontalPodAutoscalerBehavior',
  `
  1 scaleUp   HPAScalingRules
  2 scaleDown HPAScalingRules
`,
);

message(
  'autoscaling/v2.MetricStatus',
  `
  1 type              string                        required
  2 object            ObjectMetricStatus
  3 pods              PodsMetricStatus
  4 resource          ResourceMetricStatus
  7 containerResource ContainerResourceMetricStatus
  5 external          ExternalMetricStatus
`,
);

message(
  'autoscaling/v2.HorizontalPodAutoscalerCondition',
  `
  1 type               string required
  2 status             string required
  3 lastTransitionTime time
  4 reason             string
  5 message            string
  6 observedGeneration int64  pointer
`,
);

message(
  'autoscaling/v2.ObjectMetricSource',
  `
  1 describedObject CrossVersionObjectReference required = {}
  2 target          MetricTarget                required
  3 metric          MetricIdentifier            required = {}
`,
);

message(
  'autoscaling/v2.PodsMetricSource',
  `
  1 metric MetricIdentifier required = {}
  2 target MetricTarget     required
`,
);

message(
  'autoscaling/v2.ResourceMetricSource',
  `
  1 name   string       required
  2 target MetricTarget required
`,
);

message(
  'autoscaling/v2.ContainerResourceMetricSource',
  `
  1 name      string       required
  2 target    MetricTarget required
  3 container string       required
`,
);

message(
  'autoscaling/v2.ExternalMetricSource',
  `
  1 metric MetricIdentifier required = {}
  2 target MetricTarget     required
`,
);

message(
  'autoscaling/v2.HPAScalingRules',
  `
  3 stabilizationWindowSeconds int32              pointer
  1 selectPolicy               string             pointer
  2 policies                   HPAScalingPolicy[] list=atomic
  4 tolerance                  quantity
`,
);

message(
  'autoscaling/v2.ObjectMetricStatus',
  `
  1 metric          MetricIdentifier            required = {}
  2 current         MetricValueStatus           required = {}
  3 describedObject CrossVersionObjectReference required = {}
`,
);

message(
  'autoscaling/v2.PodsMetricStatus',
  `
  1 metric  MetricIdentifier  required = {}
  2 current MetricValueStatus required = {}
`,
);

message(
  'autoscaling/v2.ResourceMetricStatus',
  `
  1 name    string            required
  2 current MetricValueStatus required = {}
`,
);

message(
  'autoscaling/v2.ContainerResourceMetricStatus',
  `
  1 name      string            required
  2 current   MetricValueStatus required = {}
  3 container string            required
`,
);

message(
  'autoscaling/v2.ExternalMetricStatus',
  `
  1 metric  MetricIdentifier  required = {}
  2 current MetricValueStatus required = {}
`,
);

message(
  'autoscaling/v2.MetricTarget',
  `
  1 type               string   required
  2 value              quantity
  3 averageValue       quantity
  4 averageUtilization int32    pointer
`,
);

message(
  'autoscaling/v2.MetricIdentifier',
  `
  1 name     string                required
  2 selector meta/v1.LabelSelector struct=atomic
`,
);

message(
  'autoscaling/v2.HPAScalingPolicy',
  `
  1 type          string required
  2 value         int32  required
  3 periodSeconds int32  required
`,
);

message(
  'autoscaling/v2.MetricValueStatus',
  `
  1 value              quantity
  2 averageValue       quantity
  3 averageUtilization int32    pointer
`,
);
