import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'metrics/v1beta1.PodMetrics',
  `
  - typeMeta   meta/v1.TypeMeta   inline
  1 metadata   meta/v1.ObjectMeta
  2 timestamp  time               required
  3 window     duration           required
  4 containers ContainerMetrics[] required
`,
);

message(
  'metrics/v1beta1.PodMetricsList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    PodMetrics[]     required
`,
);

message(
  'metrics/v1beta1.ContainerMetrics',
  `
  1 name  string     required
  2 usage {quantity} required
`,
);
