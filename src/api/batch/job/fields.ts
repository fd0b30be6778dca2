import '../../core/pod/fields.ts';
import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'batch/v1.Job',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     JobSpec            = {}
  3 status   JobStatus          = {}
`,
);

message(
  'batch/v1.JobList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    Job[]            required
`,
);

message(
  'batch/v1.JobSpec',
  `
   1 parallelism             int32                   pointer
   2 completions             int32                   pointer
   3 activeDeadlineSeconds   int64                   pointer
  11 podFailurePolicy        PodFailurePolicy
  16 successPolicy           SuccessPolicy
   7 backoffLimit            int32                   pointer
  12 backoffLimitPerIndex    int32                   pointer
  13 maxFailedIndexes        int32                   pointer
   4 selector                meta/v1.LabelSelector   struct=atomic
   5 manualSelector          bool                    pointer
   6 template                core/v1.PodTemplateSpec required = {}
   8 ttlSecondsAfterFinished int32                   pointer
   9 completionMode          string                  pointer
  10 suspend                 bool                    pointer
  14 podReplacementPolicy    string                  pointer
  15 managedBy               string                  pointer
`,
);

message(
  'batch/v1.JobStatus',
  `
   1 conditions              JobCondition[]          merge=type list=atomic
   2 startTime               time
   3 completionTime          time
   4 active                  int32
   5 succeeded               int32
   6 failed                  int32
  11 terminating             int32                   pointer
   7 completedIndexes        string
  10 failedIndexes           string                  pointer
   8 uncountedTerminatedPods UncountedTerminatedPods
   9 ready                   int32                   pointer
`,
);

message(
  'batch/v1.PodFailurePolicy',
  `
  1 rules PodFailurePolicyRule[] required list=atomic
`,
);

message(
  'batch/v1.SuccessPolicy',
  `
  1 rules SuccessPolicyRule[] required list=atomic
`,
);

message(
  'batch/v1.JobCondition',
  `
  1 type               string required
  2 status             string required
  3 lastProbeTime      time
  4 lastTransitionTime time
  5 reason             string
  6 message            string
`,
);

message(
  'batch/v1.UncountedTerminatedPods',
  `
  1 succeeded string[] list=set
  2 failed    string[] list=set
`,
);

message(
  'batch/v1.PodFailurePolicyRule',
  `
  1 action          string                                   required
  2 onExitCodes     PodFailurePolicyOnExitCodesRequirement
  3 onPodConditions PodFailurePolicyOnPodConditionsPattern[] list=atomic
`,
);

message(
  'batch/v1.SuccessPolicyRule',
  `
  1 succeededIndexes string pointer
  2 succeededCount   int32  pointer
`,
);

message(
  'batch/v1.PodFailurePolicyOnExitCodesRequirement',
  `
  1 containerName string  pointer
  2 operator      string  required
  3 values        int32[] required list=set
`,
);

message(
  'batch/v1.PodFailurePolicyOnPodConditionsPattern',
  `
  1 type   string required
  2 status string
`,
);
