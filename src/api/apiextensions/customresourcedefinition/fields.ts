import '../../meta/fields.ts';
import { message } from '../../message.ts';

message(
  'apiextensions/v1.CustomResourceDefinition',
  `
  - typeMeta meta/v1.TypeMeta               inline
  1 metadata meta/v1.ObjectMeta
  2 spec     CustomResourceDefinitionSpec   required = {}
  3 status   CustomResourceDefinitionStatus = {}
`,
);

message(
  'apiextensions/v1.CustomResourceDefinitionList',
  `
  - typeMeta meta/v1.TypeMeta           inline
  1 metadata meta/v1.ListMeta
  2 items    CustomResourceDefinition[] required
`,
);

message(
  'apiextensions/v1.CustomResourceDefinitionSpec',
  `
   1 group                 string                            required
   3 names                 CustomResourceDefinitionNames     required = {}
   4 scope                 string                            required
   7 versions              CustomResourceDefinitionVersion[] required list=atomic
   9 conversion            CustomResourceConversion          = {}
  10 preserveUnknownFields bool
`,
);

message(
  'apiextensions/v1.CustomResourceDefinitionStatus',
  `
  1 conditions         CustomResourceDefinitionCondition[] keys=type
  2 acceptedNames      CustomResourceDefinitionNames       = {}
  3 storedVersions     string[]                            list=atomic
  4 observedGeneration int64
`,
);

message(
  'apiextensions/v1.CustomResourceDefinitionNames',
  `
  1 plural     string   required
  2 singular   string
  3 shortNames string[] list=atomic
  4 kind       string   required
  5 listKind   string
  6 categories string[] list=atomic
`,
);

message(
  'apiextensions/v1.CustomResourceDefinitionVersion',
  `
  1 name                     string                           required
  2 served                   bool                             required
  3 storage                  bool                             required
  7 deprecated               bool
  8 deprecationWarning       string                           pointer
  4 schema                   CustomResourceValidation
  5 subresources             CustomResourceSubresources
  6 additionalPrinterColumns CustomResourceColumnDefinition[] list=atomic
  9 selectableFields         SelectableField[]                list=atomic
`,
);

message(
  'apiextensions/v1.CustomResourceConversion',
  `
  1 strategy string            required = None
  2 webhook  WebhookConversion
`,
);

message(
  'apiextensions/v1.CustomResourceDefinitionCondition',
  `
  1 type               string required
  2 status             string required
  3 lastTransitionTime time
  4 reason             string
  5 message            string
  6 observedGeneration int64
`,
);

message(
  'apiextensions/v1.CustomResourceValidation',
  `
  1 openAPIV3Schema JSONSchemaProps
`,
);

message(
  'apiextensions/v1.CustomResourceSubresources',
  `
  1 status CustomResourceSubresourceStatus
  2 scale  CustomResourceSubresourceScale
`,
);

message(
  'apiextensions/v1.CustomResourceColumnDefinition',
  `
  1 name        string required
  2 type        string required
  3 format      string
  4 description string
  5 priority    int32
  6 jsonPath    string required
`,
);

message(
  'apiextensions/v1.SelectableField',
  `
  1 jsonPath string required
`,
);

message(
  'apiextensions/v1.WebhookConversion',
  `
  2 clientConfig             WebhookClientConfig
  3 conversionReviewVersions string[]            required list=atomic
`,
);

message(
  'apiextensions/v1.JSONSchemaProps',
  `
   1 id                                   string
   2 $schema                              string
   3 $ref                                 string                pointer
   4 description                          string
   5 type                                 string
   6 format                               string
   7 title                                string
   8 default                              json                  pointer
   9 maximum                              double                pointer
  10 exclusiveMaximum                     bool
  11 minimum                              double                pointer
  12 exclusiveMinimum                     bool
  13 maxLength                            int64                 pointer
  14 minLength                            int64                 pointer
  15 pattern                              string
  16 maxItems                             int64                 pointer
  17 minItems                             int64                 pointer
  18 uniqueItems                          bool
  19 multipleOf                           double                pointer
  20 enum                                 json[]                list=atomic
  21 maxProperties                        int64                 pointer
  22 minProperties                        int64                 pointer
  23 required                             string[]              list=atomic
  24 items                                schemaOrArray            pointer
  25 allOf                                JSONSchemaProps[]     list=atomic
  26 oneOf                                JSONSchemaProps[]     list=atomic
  27 anyOf                                JSONSchemaProps[]     list=atomic
  28 not                                  JSONSchemaProps
  29 properties                           {JSONSchemaProps}
  30 additionalProperties                 schemaOrBool            pointer
  31 patternProperties                    {JSONSchemaProps}
  32 dependencies                         {schemaOrStrings}
  33 additionalItems                      schemaOrBool            pointer
  34 definitions                          {JSONSchemaProps}
  35 externalDocs                         ExternalDocumentation
  36 example                              json                  pointer
  37 nullable                             bool
  38 x-kubernetes-preserve-unknown-fields bool                  pointer
  39 x-kubernetes-embedded-resource       bool
  40 x-kubernetes-int-or-string           bool
  41 x-kubernetes-list-map-keys           string[]              list=atomic
  42 x-kubernetes-list-type               string                pointer
  43 x-kubernetes-map-type                string                pointer
  44 x-kubernetes-validations             ValidationRule[]      merge=rule keys=rule
`,
);

message(
  'apiextensions/v1.JSONSchemaPropsOrArray',
  `
  1 schema      JSONSchemaProps
  2 jSONSchemas JSONSchemaProps[] list=atomic
`,
);

message(
  'apiextensions/v1.JSONSchemaPropsOrBool',
  `
  1 allows bool
  2 schema JSONSchemaProps
`,
);

message(
  'apiextensions/v1.JSONSchemaPropsOrStringArray',
  `
  1 schema   JSONSchemaProps
  2 property string[]        list=atomic
`,
);

message(
  'apiextensions/v1.CustomResourceSubresourceStatus',
  `
`,
);

message(
  'apiextensions/v1.CustomResourceSubresourceScale',
  `
  1 specReplicasPath   string required
  2 statusReplicasPath string required
  3 labelSelectorPath  string pointer
`,
);

message(
  'apiextensions/v1.WebhookClientConfig',
  `
  3 url      string           pointer
  1 service  ServiceReference
  2 caBundle bytes
`,
);

message(
  'apiextensions/v1.ExternalDocumentation',
  `
  1 description string
  2 url         string
`,
);

message(
  'apiextensions/v1.ValidationRule',
  `
  1 rule              string required
  2 message           string
  3 messageExpression string
  4 reason            string pointer
  5 fieldPath         string
  6 optionalOldSelf   bool   pointer
`,
);

message(
  'apiextensions/v1.ServiceReference',
  `
  1 namespace string required
  2 name      string required
  3 path      string pointer
  4 port      int32  pointer = 443
`,
);
