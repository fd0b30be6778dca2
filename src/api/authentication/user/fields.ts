/** Who is asking. */
import { message } from '../../message.ts';

message(
  'authentication/v1.UserInfo',
  `
  1 username string
  2 uid      string
  3 groups   string[]     list=atomic
  4 extra    {ExtraValue}
`,
);

message(
  'authentication/v1.ExtraValue',
  `
  1 items string[] bare
`,
);
