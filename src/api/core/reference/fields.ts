/** How one object names another. */
import { message } from '../../message.ts';

message(
  'core/v1.ObjectReference',
  `
  1 kind            string
  2 namespace       string
  3 name            string
  4 uid             string
  5 apiVersion      string
  6 resourceVersion string
  7 fieldPath       string
`,
);

message(
  'core/v1.LocalObjectReference',
  `
  1 name string
`,
);

message(
  'core/v1.TypedLocalObjectReference',
  `
  1 apiGroup string pointer
  2 kind     string required
  3 name     string required
`,
);

message(
  'core/v1.TypedObjectReference',
  `
  1 apiGroup  string pointer
  2 kind      string required
  3 name      string required
  4 namespace string pointer
`,
);

message(
  'core/v1.SecretReference',
  `
  1 name      string
  2 namespace string
`,
);
