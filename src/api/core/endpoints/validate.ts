import { type FieldError, fieldRequired } from '../../errors.ts';
import { isDnsLabel, isDnsSubdomain, isPortNumber, isQualifiedName } from '../../names.ts';
import type { Endpoints } from '../../types.ts';
import { nonSpecial } from '../../validate/addresses.ts';
import { because, each, isIP, named, oneOf, optional } from '../../validate/checks.ts';
import { PROTOCOLS } from '../../validate/words.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type EndpointAddress = NonNullable<Subset['addresses']>[number];

export const validateEndpoints = ({ subsets }: Endpoints): FieldError[] =>
  each('subsets', subsets, validateSubset);

function validateSubset({ addresses = [], notReadyAddresses = [], ports = [] }: Subset, field: string) {
  return [
    ...(addresses.length + notReadyAddresses.length === 0
      ? [fieldRequired(field, 'must specify `addresses` or `notReadyAddresses`')]
      : []),
    ...each(`${field}.addresses`, addresses, validateAddress),
    ...each(`${field}.notReadyAddresses`, notReadyAddresses, validateAddress),
    ...each(`${field}.ports`, ports, ({ name, port, protocol, appProtocol }, at) => [
      ...(ports.length > 1 || name ? named(`${at}.name`, name, isDnsLabel) : []),
      ...because(`${at}.port`, port, isPortNumber(port)),
      ...oneOf(`${at}.protocol`, protocol, PROTOCOLS),
      ...optional(`${at}.appProtocol`, appProtocol, isQualifiedName),
    ]),
  ];
}

const validateAddress = ({ ip, hostname, nodeName }: EndpointAddress, field: string): FieldError[] => [
  ...because(`${field}.ip`, ip, isIP(ip)),
  ...optional(`${field}.hostname`, hostname, isDnsLabel),
  ...optional(`${field}.nodeName`, nodeName, isDnsSubdomain),
  ...nonSpecial(`${field}.ip`, ip),
];
