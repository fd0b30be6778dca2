import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'resource/v1.DeviceClass',
  `
  - typeMeta meta/v1.TypeMeta   inline
  1 metadata meta/v1.ObjectMeta
  2 spec     DeviceClassSpec    = {}
`,
);

message(
  'resource/v1.DeviceClassList',
  `
  - typeMeta meta/v1.TypeMeta inline
  1 metadata meta/v1.ListMeta
  2 items    DeviceClass[]    required
`,
);

message(
  'resource/v1.DeviceClassSpec',
  `
  1 selectors            DeviceSelector[]           list=atomic
  2 config               DeviceClassConfiguration[] list=atomic
  4 extendedResourceName string                     pointer
`,
);

message(
  'resource/v1.DeviceSelector',
  `
  1 cel CELDeviceSelector
`,
);

message(
  'resource/v1.DeviceClassConfiguration',
  `
  1 deviceConfiguration DeviceConfiguration inline
`,
);

message(
  'resource/v1.CELDeviceSelector',
  `
  1 expression string required
`,
);

message(
  'resource/v1.DeviceConfiguration',
  `
  1 opaque OpaqueDeviceConfiguration
`,
);

message(
  'resource/v1.OpaqueDeviceConfiguration',
  `
  1 driver     string       required
  2 parameters rawExtension required
`,
);
