/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/ */
import { familyOf } from '../../../lib/ip.ts';
import { type FieldError, fieldDuplicate, fieldInvalid, fieldRequired, fieldTooMany } from '../../errors.ts';
import { isDnsLabel, isDnsSubdomain, isLabelValue, isPortNumber, isQualifiedName } from '../../names.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../types.ts';
import { nonSpecial } from '../../validate/addresses.ts';
import { because, each, immutable, isIP, oneOf, optional, unique } from '../../validate/checks.ts';
import { PROTOCOLS } from '../../validate/words.ts';

const MAX_ENDPOINTS = 1000;
const MAX_PORTS = 20_000;
const MAX_ADDRESSES = 100;
const MAX_HINTS = 8;

export function validateEndpointSlice({
  addressType,
  endpoints = [],
  ports = [],
}: Partial<EndpointSlice>): FieldError[] {
  if (!addressType) return [fieldRequired('addressType')];
  return [
    ...oneOf('addressType', addressType, ['FQDN', 'IPv4', 'IPv6']),
    ...validatePorts(ports),
    ...(endpoints.length > MAX_ENDPOINTS
      ? [fieldTooMany('endpoints', endpoints.length, MAX_ENDPOINTS)]
      : each('endpoints', endpoints, (endpoint, at) => validateEndpoint(endpoint, at, addressType))),
  ];
}

function validateEndpoint(endpoint: Endpoint, field: string, addressType: string): FieldError[] {
  const { addresses, hostname, nodeName, hints } = endpoint;
  const at = `${field}.addresses`;
  const wrong: FieldError[] = [];
  if (addresses.length === 0) wrong.push(fieldRequired(at, 'must contain at least 1 address'));
  if (addresses.length > MAX_ADDRESSES) wrong.push(fieldTooMany(at, addresses.length, MAX_ADDRESSES));
  wrong.push(
    ...each(at, addresses, (address, a) => validateAddress(address, a, addressType)),
    ...optional(`${field}.hostname`, hostname, isDnsLabel),
    ...optional(`${field}.nodeName`, nodeName, isDnsSubdomain),
    ...validateHints(`${field}.hints.forZones`, hints?.forZones, isLabelValue),
    ...validateHints(`${field}.hints.forNodes`, hints?.forNodes, isDnsSubdomain),
  );
  return wrong;
}

function validateAddress(address: string, field: string, addressType: string): FieldError[] {
  if (addressType === 'FQDN') return validateName(address, field);
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return [];
  const isOfType = isIP(address).length === 0 && addressType === `IPv${familyOf(address)}`;
  return [
    ...(isOfType ? [] : [fieldInvalid(field, address, `must be a valid ${addressType} address`)]),
    ...nonSpecial(field, address),
  ];
}

/** A name may end in a dot, and has two parts at least. */
function validateName(text: string, field: string): FieldError[] {
  if (text === '') return [fieldRequired(field)];
  const name = text.replace(/\.$/, '');
  const reasons = isDnsSubdomain(name);
  if (reasons.length > 0) return [fieldInvalid(field, name, reasons.join(','))];
  return name.includes('.')
    ? []
    : [fieldInvalid(field, name, 'should be a domain with at least two segments separated by dots')];
}

function validateHints(
  field: string,
  hints: readonly { name: string }[] = [],
  isName: (text: string) => string[],
): FieldError[] {
  if (hints.length > MAX_HINTS) return [fieldTooMany(field, hints.length, MAX_HINTS)];
  return [
    ...unique(
      hints,
      ({ name }) => name,
      (i) => `${field}[${i}].name`,
    ),
    ...each(field, hints, ({ name }, at) => because(`${at}.name`, name, isName(name))),
  ];
}

function validatePorts(ports: readonly EndpointPort[]): FieldError[] {
  if (ports.length > MAX_PORTS) return [fieldTooMany('ports', ports.length, MAX_PORTS)];
  // No name is a name too.
  const names = new Set<string>();
  return each('ports', ports, (port, at) => {
    const { name = '' } = port;
    const isTwice = names.has(name);
    names.add(name);
    return [...validatePort(port, at), ...(isTwice ? [fieldDuplicate(`${at}.name`, name)] : [])];
  });
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
