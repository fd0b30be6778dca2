import '../../core/reference/fields.ts';
import '../../meta/fields.ts';
import '../job/fields.ts';
import { message } from '../../message.ts';

message(
  'batch/v1.CronJob',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     CronJobSpec        = {}
  3 status   CronJobStatus      = {}
`,
);

message(
  'batch/v1.CronJobList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    CronJob[]        required
`,
);

message(
  'batch/v1.CronJobSpec',
  `
  1 schedule                   string          required
  8 timeZone                   string          pointer
  2 startingDeadlineSeconds    int64           pointer
  3 concurrencyPolicy          string          = Allow
  4 suspend                    bool            pointer = false
  5 jobTemplate                JobTemplateSpec required = {}
  6 successfulJobsHistoryLimit int32           pointer = 3
  7 failedJobsHistoryLimit     int32           pointer = 1
`,
);

message(
  'batch/v1.CronJobStatus',
  `
  1 active             core/v1.ObjectReference[] list=atomic
  4 lastScheduleTime   time
  5 lastSuccessfulTime time
`,
);

message(
  'batch/v1.JobTemplateSpec',
  `
  1 metadata meta/v1.ObjectMeta
  2 spec     JobSpec            = {}
`,
);
