import '../../core/pod/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'apps/v1.Deployment',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     DeploymentSpec     = {}
  3 status   DeploymentStatus   = {}
`,
);

message(
  'apps/v1.DeploymentList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Deployment[]     required
`,
);

message(
  'apps/v1.DeploymentSpec',
  `
  1 replicas                int32                   pointer = 1
  2 selector                meta/v1.LabelSelector   required struct=atomic
  3 template                core/v1.PodTemplateSpec required = {}
  4 strategy                DeploymentStrategy      retainKeys = {}
  5 minReadySeconds         int32
  6 revisionHistoryLimit    int32                   pointer = 10
  7 paused                  bool
  9 progressDeadlineSeconds int32                   pointer = 600
`,
);

message(
  'apps/v1.DeploymentStrategy',
  `
  1 type          string                  = RollingUpdate
  2 rollingUpdate RollingUpdateDeployment
`,
);

message(
  'apps/v1.RollingUpdateDeployment',
  `
  1 maxUnavailable intOrString pointer = 25%
  2 maxSurge       intOrString pointer = 25%
`,
);

message(
  'apps/v1.DeploymentStatus',
  `
  1 observedGeneration  int64
  2 replicas            int32
  3 updatedReplicas     int32
  7 readyReplicas       int32
  4 availableReplicas   int32
  5 unavailableReplicas int32
  9 terminatingReplicas int32                 pointer
  6 conditions          DeploymentCondition[] merge=type keys=type
  8 collisionCount      int32                 pointer
`,
);

message(
  'apps/v1.DeploymentCondition',
  `
  1 type               string
  2 status             string
  6 lastUpdateTime     time
  7 lastTransitionTime time
  4 reason             string
  5 message            string
`,
);
