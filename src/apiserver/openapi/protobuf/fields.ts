/**
 * The messages of an OpenAPI v2 document in protobuf, as far as our document uses them.
 * https://github.com/google/gnostic/blob/main/openapiv2/OpenAPIv2.proto
 */
import { message } from '../../../api/message.ts';

export const document = message(
  'openapi/v2.Document',
  `
  1 swagger     string
  2 info        Info
  8 paths       Paths
  9 definitions Definitions
`,
);

message(
  'openapi/v2.Info',
  `
  1 title   string
  2 version string
`,
);

message('openapi/v2.Paths', '2 path NamedPathItem[]');

message(
  'openapi/v2.NamedPathItem',
  `
  1 name  string
  2 value PathItem
`,
);

message(
  'openapi/v2.PathItem',
  `
  2 get        Operation
  3 put        Operation
  4 post       Operation
  5 delete     Operation
  8 patch      Operation
  9 parameters ParametersItem[]
`,
);

message(
  'openapi/v2.Operation',
  `
   1 tags             string[]
   5 operation_id     string
   6 produces         string[]
   7 consumes         string[]
   8 parameters       ParametersItem[]
   9 responses        Responses
  13 vendor_extension NamedAny[]
`,
);

message('openapi/v2.ParametersItem', '1 parameter Parameter');

message(
  'openapi/v2.Parameter',
  `
  1 body_parameter     BodyParameter
  2 non_body_parameter NonBodyParameter
`,
);

message(
  'openapi/v2.BodyParameter',
  `
  2 name     string
  3 in       string
  4 required bool
  5 schema   Schema
`,
);

message(
  'openapi/v2.NonBodyParameter',
  `
  3 query_parameter_sub_schema QueryParameterSubSchema
  4 path_parameter_sub_schema  PathParameterSubSchema
`,
);

message(
  'openapi/v2.QueryParameterSubSchema',
  `
   2 in           string
   3 description  string
   4 name         string
   6 type         string
  20 unique_items bool
`,
);

message(
  'openapi/v2.PathParameterSubSchema',
  `
   1 required     bool
   2 in           string
   3 description  string
   4 name         string
   5 type         string
  19 unique_items bool
`,
);

message('openapi/v2.Responses', '1 response_code NamedResponseValue[]');

message(
  'openapi/v2.NamedResponseValue',
  `
  1 name  string
  2 value ResponseValue
`,
);

message('openapi/v2.ResponseValue', '1 response Response');

message(
  'openapi/v2.Response',
  `
  1 description string
  2 schema      SchemaItem
`,
);

message('openapi/v2.SchemaItem', '1 schema Schema');

message('openapi/v2.Definitions', '1 additional_properties NamedSchema[]');

message('openapi/v2.Properties', '1 additional_properties NamedSchema[]');

message(
  'openapi/v2.NamedSchema',
  `
  1 name  string
  2 value Schema
`,
);

message(
  'openapi/v2.Schema',
  `
   1 _ref                  string
   2 format                string
   4 description           string
   5 default               Any
  19 required              string[]
  21 additional_properties AdditionalPropertiesItem
  22 type                  TypeItem
  23 items                 ItemsItem
  25 properties            Properties
  31 vendor_extension      NamedAny[]
`,
);

message('openapi/v2.AdditionalPropertiesItem', '1 schema Schema\n2 boolean bool');

message('openapi/v2.TypeItem', '1 value string[]');

message('openapi/v2.ItemsItem', '1 schema Schema[]');

message(
  'openapi/v2.NamedAny',
  `
  1 name  string
  2 value Any
`,
);

message('openapi/v2.Any', '2 yaml string');
