/** Which groups, versions and resources a server offers. */
import './fields.ts';
import { message } from '../message.ts';

message(
  'meta/v1.APIVersions',
  `
  - typeMeta                   TypeMeta                    inline
  1 versions                   string[]                    required list=atomic
  2 serverAddressByClientCIDRs ServerAddressByClientCIDR[] required list=atomic
`,
);

message(
  'meta/v1.APIGroupList',
  `
  - typeMeta TypeMeta   inline
  1 groups   APIGroup[] required list=atomic
`,
);

message(
  'meta/v1.APIGroup',
  `
  - typeMeta                   TypeMeta                    inline
  1 name                       string                      required
  2 versions                   GroupVersionForDiscovery[]  required list=atomic
  3 preferredVersion           GroupVersionForDiscovery
  4 serverAddressByClientCIDRs ServerAddressByClientCIDR[] list=atomic
`,
);

message(
  'meta/v1.ServerAddressByClientCIDR',
  `
  1 clientCIDR    string required
  2 serverAddress string required
`,
);

message(
  'meta/v1.GroupVersionForDiscovery',
  `
  1 groupVersion string required
  2 version      string required
`,
);

message(
  'meta/v1.APIResourceList',
  `
  - typeMeta     TypeMeta      inline
  1 groupVersion string        required
  2 resources    APIResource[] required list=atomic
`,
);

message(
  'meta/v1.APIResource',
  `
   1 name               string   required
   6 singularName       string   required
   2 namespaced         bool     required
   8 group              string
   9 version            string
   3 kind               string   required
   4 verbs              Verbs    required
   5 shortNames         string[] list=atomic
   7 categories         string[] list=atomic
  10 storageVersionHash string
`,
);

message(
  'meta/v1.Verbs',
  `
  1 items string[] bare
`,
);
