import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'metrics/v1beta1.NodeMetrics',
  `
  - typeMeta  meta/v1.TypeMeta   inline
  1 metadata  meta/v1.ObjectMeta
  2 timestamp time               required
  3 window    duration           required
  4 usage     {quantity}         required
`,
);

message(
  'metrics/v1beta1.NodeMetricsList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    NodeMetrics[]    required
`,
);
