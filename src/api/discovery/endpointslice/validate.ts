import { familyOf } from '../../../lib/ip.ts';
import { type FieldError, fieldRequired, fieldTooMany } from '../../errors.ts';
import { isDnsLabel, isDnsSubdomain, isPortNumber, isQualifiedName } from '../../names.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../types.ts';
import { because, each, immutable, isIP, oneOf, optional, unique } from '../../validate/checks.ts';
import { PROTOCOLS } from '../../validate/words.ts';

const MAX_ENDPOINTS = 1000;
const MAX_PORTS = 20_000;
const MAX_ADDRESSES = 100;

export function validateEndpointSlice({
  addressType,
  endpoints = [],
  ports = [],
}: Partial<EndpointSlice>): FieldError[] {
  if (!addressType) return [fieldRequired('addressType')];
  return [
    ...oneOf('addressType', addressType, ['FQDN', 'IPv4', 'IPv6']),
    ...(endpoints.length > MAX_ENDPOINTS ? [fieldTooMany('endpoints', endpoints.length, MAX_ENDPOINTS)] : []),
    ...each('endpoints', endpoints, (endpoint, at) => validateEndpoint(endpoint, at, addressType)),
    ...(ports.length > MAX_PORTS ? [fieldTooMany('ports', ports.length, MAX_PORTS)] : []),
    ...each('ports', ports, validatePort),
    ...unique(
      ports,
      // No name is a name too.
      (p) => p.name || '-',
      (i) => `ports[${i}].name`,
    ),
  ];
}

function validateEndpoint(endpoint: Endpoint, field: string, addressType: string): FieldError[] {
  const { addresses, hostname, nodeName } = endpoint;
  const at = `${field}.addresses`;
  const wrong: FieldError[] = [];
  if (addresses.length === 0) wrong.push(fieldRequired(at, 'must contain at least 1 address'));
  if (addresses.length > MAX_ADDRESSES) wrong.push(fieldTooMany(at, addresses.length, MAX_ADDRESSES));
  wrong.push(
    ...each(at, addresses, (address, a) => because(a, address, isAddressOf(addressType, address))),
    ...optional(`${field}.hostname`, hostname, isDnsLabel),
    ...optional(`${field}.nodeName`, nodeName, isDnsSubdomain),
  );
  return wrong;
}

function isAddressOf(addressType: string, address: string): string[] {
  if (addressType === 'FQDN') return isDnsSubdomain(address);
  const wrong = isIP(address);
  if (wrong.length > 0) return wrong;
  return addressType === `IPv${familyOf(address)}` ? [] : [`must be an ${addressType} address`];
}

const validatePort = ({ name, port, protocol, appProtocol }: EndpointPort, field: string): FieldError[] => [
  ...optional(`${field}.name`, name, isDnsLabel),
  ...oneOf(`${field}.protocol`, protocol, PROTOCOLS),
  ...(port === undefined ? [] : because(`${field}.port`, port, isPortNumber(port))),
  ...optional(`${field}.appProtocol`, appProtocol, isQualifiedName),
];

export function validateEndpointSliceUpdate(now: EndpointSlice, old: EndpointSlice): FieldError[] {
  return immutable('addressType', now.addressType, old.addressType);
}
