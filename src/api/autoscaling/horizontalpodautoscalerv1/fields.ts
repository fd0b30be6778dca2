import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'autoscaling/v1.HorizontalPodAutoscaler',
  `
  - typeMeta meta/v1.TypeMeta              inline
  1 metadata meta/v1.ObjectMeta
  2 spec     HorizontalPodAutoscalerSpec   = {}
  3 status   HorizontalPodAutoscalerStatus = {}
`,
);

message(
  'autoscaling/v1.HorizontalPodAutoscalerList',
  `
  - typeMeta meta/v1.TypeMeta          inline
  1 metadata meta/v1.ListMeta
  2 items    HorizontalPodAutoscaler[] required
`,
);

message(
  'autoscaling/v1.CrossVersionObjectReference',
  `
  1 kind       string required
  2 name       string required
  3 apiVersion string
`,
);

message(
  'autoscaling/v1.HorizontalPodAutoscalerSpec',
  `
  1 scaleTargetRef                 CrossVersionObjectReference required struct=atomic = {}
  2 minReplicas                    int32                       pointer = 1
  3 maxReplicas                    int32                       required
  4 targetCPUUtilizationPercentage int32                       pointer
`,
);

message(
  'autoscaling/v1.HorizontalPodAutoscalerStatus',
  `
  1 observedGeneration              int64 pointer
  2 lastScaleTime                   time
  3 currentReplicas                 int32 required
  4 desiredReplicas                 int32 required
  5 currentCPUUtilizationPercentage int32 pointer
`,
);
