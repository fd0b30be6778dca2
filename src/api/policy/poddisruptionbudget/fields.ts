import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'policy/v1.PodDisruptionBudget',
  `
  - typeMeta meta/v1.TypeMeta          inline
  1 metadata meta/v1.ObjectMeta
  2 spec     PodDisruptionBudgetSpec   = {}
  3 status   PodDisruptionBudgetStatus = {}
`,
);

message(
  'policy/v1.PodDisruptionBudgetList',
  `
  - typeMeta meta/v1.TypeMeta      inline
  1 metadata meta/v1.ListMeta
  2 items    PodDisruptionBudget[] required
`,
);

message(
  'policy/v1.PodDisruptionBudgetSpec',
  `
  1 minAvailable               intOrString           pointer
  2 selector                   meta/v1.LabelSelector struct=atomic
  3 maxUnavailable             intOrString           pointer
  4 unhealthyPodEvictionPolicy string                pointer
`,
);

message(
  'policy/v1.PodDisruptionBudgetStatus',
  `
  1 observedGeneration int64
  2 disruptedPods      {time}
  3 disruptionsAllowed int32                  required
  4 currentHealthy     int32                  required
  5 desiredHealthy     int32                  required
  6 expectedPods       int32                  required
  7 conditions         meta/v1.Condition[] merge=type keys=type
`,
);
