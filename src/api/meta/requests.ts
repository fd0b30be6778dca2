/** Bodies of requests and answers that are no objects of a kind. */
import './fields.ts';
import { message } from '../message.ts';

message(
  'meta/v1.DeleteOptions',
  `
  - typeMeta                                         TypeMeta      inline
  1 gracePeriodSeconds                               int64         pointer
  2 preconditions                                    Preconditions
  3 orphanDependents                                 bool          pointer
  4 propagationPolicy                                string        pointer
  5 dryRun                                           string[]      list=atomic
  6 ignoreStoreReadErrorWithClusterBreakingPotential bool          pointer
`,
);

message(
  'meta/v1.Preconditions',
  `
  1 uid             string pointer
  2 resourceVersion string pointer
`,
);

message(
  'meta/v1.Status',
  `
  - typeMeta TypeMeta      inline
  1 metadata ListMeta
  2 status   string
  3 message  string
  4 reason   string
  5 details  StatusDetails
  6 code     int32
`,
);

message(
  'meta/v1.StatusDetails',
  `
  1 name              string
  2 group             string
  3 kind              string
  6 uid               string
  4 causes            StatusCause[] list=atomic
  5 retryAfterSeconds int32
`,
);

message(
  'meta/v1.StatusCause',
  `
  1 reason  string
  2 message string
  3 field   string
`,
);

message(
  'meta/v1.WatchEvent',
  `
  1 type   string       required
  2 object rawExtension required
`,
);
