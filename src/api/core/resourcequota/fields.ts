import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.ResourceQuota',
  `
  - typeMeta meta/v1.TypeMeta    inline
  1 metadata meta/v1.ObjectMeta
  2 spec     ResourceQuotaSpec   = {}
  3 status   ResourceQuotaStatus = {}
`,
);

message(
  'core/v1.ResourceQuotaList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    ResourceQuota[]  required
`,
);

message(
  'core/v1.ResourceQuotaSpec',
  `
  1 hard          {quantity}
  2 scopes        string[]      list=atomic
  3 scopeSelector ScopeSelector
`,
);

message(
  'core/v1.ResourceQuotaStatus',
  `
  1 hard {quantity}
  2 used {quantity}
`,
);

message(
  'core/v1.ScopeSelector',
  `
  1 matchExpressions ScopedResourceSelectorRequirement[] list=atomic
`,
);

message(
  'core/v1.ScopedResourceSelectorRequirement',
  `
  1 scopeName string   required
  2 operator  string   required
  3 values    string[] list=atomic
`,
);
