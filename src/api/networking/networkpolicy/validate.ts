/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ */
import { contains, parseAddress, parseCidr } from '../../../lib/ip.ts';
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isPortName } from '../../names.ts';
import type { NetworkPolicy } from '../../types.ts';
import { because, between, each, isCidr, named, oneOf } from '../../validate/checks.ts';
import { validateLabelSelector } from '../../validate/labels.ts';
import { PROTOCOLS } from '../../validate/words.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Ingress = NonNullable<Spec['ingress']>[number];
type Port = NonNullable<Ingress['ports']>[number];
type Peer = NonNullable<Ingress['from']>[number];
type Rule = Ingress & NonNullable<Spec['egress']>[number];

export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  if (!spec) return [];
  const { podSelector, policyTypes = [] } = spec;
  return [
    ...validateLabelSelector('spec.podSelector', podSelector),
    ...each('spec.ingress', spec.ingress, validateRule),
    ...each('spec.egress', spec.egress, validateRule),
    ...(policyTypes.length > 2
      ? [fieldInvalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes')]
      : each('spec.policyTypes', policyTypes, (type, at) => oneOf(at, type, ['Egress', 'Ingress']))),
  ];
}

const validateRule = ({ ports, from, to }: Rule, at: string): FieldError[] => [
  ...each(`${at}.ports`, ports, validatePort),
  ...each(`${at}.from`, from, validatePeer),
  ...each(`${at}.to`, to, validatePeer),
];

function validatePort({ protocol, port, endPort }: Port, at: string): FieldError[] {
  const wrong = protocol === undefined ? [] : oneOf(`${at}.protocol`, protocol, PROTOCOLS);
  if (typeof port === 'number') wrong.push(...between(`${at}.port`, port, 1, 65535));
  else if (port !== undefined) wrong.push(...because(`${at}.port`, port, isPortName(port)));
  if (endPort === undefined) return wrong;
  if (port === undefined)
    wrong.push(fieldRequired(`${at}.port`, 'may not be specified when `port` is not specified'));
  else if (typeof port === 'string')
    wrong.push(fieldInvalid(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
  else {
    if (endPort < port)
      wrong.push(fieldInvalid(`${at}.endPort`, endPort, 'must be greater than or equal to `port`'));
    wrong.push(...between(`${at}.endPort`, endPort, 1, 65535));
  }
  return wrong;
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: Peer, at: string): FieldError[] {
  if (!podSelector && !namespaceSelector && !ipBlock) return [fieldRequired(at, 'must specify a peer')];
  const wrong = [
    ...validateLabelSelector(`${at}.podSelector`, podSelector),
    ...validateLabelSelector(`${at}.namespaceSelector`, namespaceSelector),
  ];
  if (!ipBlock) return wrong;
  if (podSelector || namespaceSelector)
    wrong.push(fieldForbidden(at, 'may not specify both ipBlock and another peer'));
  return [...wrong, ...validateBlock(ipBlock, `${at}.ipBlock`)];
}

function validateBlock({ cidr, except }: NonNullable<Peer['ipBlock']>, at: string): FieldError[] {
  const wrong = named(`${at}.cidr`, cidr, isCidr);
  if (wrong.length > 0) return wrong;
  const whole = parseCidr(cidr);
  return each(`${at}.except`, except, (range, where) => {
    const unreadable = because(where, range, isCidr(range));
    if (unreadable.length > 0) return unreadable;
    const [first = ''] = range.split('/');
    const inside = contains(whole, parseAddress(first)) && parseCidr(range).prefix > whole.prefix;
    return inside ? [] : [fieldInvalid(where, range, `must be a strict subset of \`cidr\``)];
  });
}
