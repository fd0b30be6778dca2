import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.LimitRange',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     LimitRangeSpec     = {}
`,
);

message(
  'core/v1.LimitRangeList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    LimitRange[]     required
`,
);

message(
  'core/v1.LimitRangeSpec',
  `
  1 limits LimitRangeItem[] required list=atomic
`,
);

message(
  'core/v1.LimitRangeItem',
  `
  1 type                 string     required
  2 max                  {quantity}
  3 min                  {quantity}
  4 default              {quantity}
  5 defaultRequest       {quantity}
  6 maxLimitRequestRatio {quantity}
`,
);
