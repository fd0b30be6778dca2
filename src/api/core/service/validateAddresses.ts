/**
 * What `clusterIP`, `clusterIPs`, `ipFamilies` and `ipFamilyPolicy` must be for each other, and how they may change.
 * https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services
 */
import { familyOf } from '../../../lib/ip.ts';
import { type FieldError, fieldForbidden, fieldInvalid } from '../../errors.ts';
import type { Service } from '../../types.ts';
import { because, each, isIP, oneOf, unique } from '../../validate/checks.ts';

type Spec = NonNullable<Service['spec']>;

const ips = 'spec.clusterIPs';
const families = ['IPv4', 'IPv6'];
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

const isHeadless = (spec: Spec): boolean => spec.clusterIP === 'None';

/** All of them; an older client writes only the first. */
const addressesOf = ({ clusterIP, clusterIPs }: Spec): string[] =>
  clusterIPs?.length ? clusterIPs : clusterIP ? [clusterIP] : [];

/** Said before anything is given to the Service, and again of the whole. */
export function validateAddresses(spec: Spec): FieldError[] {
  if (spec.type === 'ExternalName') return validateNone(spec);
  const wrong = [...validateFirst(spec), ...validateFamilies(spec)];
  const malformed = validateEach(spec);
  // What is said of several makes sense only of good ones.
  return [...wrong, ...(malformed.length > 0 ? malformed : validateTogether(spec))];
}

function validateNone(spec: Spec): FieldError[] {
  const none = (field: string, isSet: unknown) =>
    isSet ? [fieldForbidden(field, 'may not be set for ExternalName services')] : [];
  return [
    ...none(ips, addressesOf(spec).length),
    ...none('spec.ipFamilies', spec.ipFamilies?.length),
    ...none('spec.ipFamilyPolicy', spec.ipFamilyPolicy),
  ];
}

function validateFirst({ clusterIP, clusterIPs = [] }: Spec): FieldError[] {
  if (clusterIPs.length === 0) return [];
  if (!clusterIP) return [fieldInvalid(ips, clusterIPs, 'must be empty when `clusterIP` is not specified')];
  return clusterIPs[0] === clusterIP
    ? []
    : [fieldInvalid(ips, clusterIPs, 'first value must match `clusterIP`')];
}

const validateFamilies = ({ ipFamilies, ipFamilyPolicy }: Spec): FieldError[] => [
  ...each('spec.ipFamilies', ipFamilies, (family, at) => oneOf(at, family, families)),
  ...unique(
    ipFamilies,
    (family) => family,
    (i) => `spec.ipFamilies[${i}]`,
  ),
  ...(ipFamilyPolicy === undefined ? [] : oneOf('spec.ipFamilyPolicy', ipFamilyPolicy, policies)),
];

function validateEach(spec: Spec): FieldError[] {
  const all = addressesOf(spec);
  if (all[0] === 'None' && all.length > 1)
    return [fieldInvalid(ips, all, "'None' must be the first and only value")];
  return each(ips, all, (ip, at) => (all[0] === 'None' ? [] : because(at, ip, isIP(ip))));
}

function validateTogether(spec: Spec): FieldError[] {
  const all = addressesOf(spec);
  if (isHeadless(spec)) return [];
  const wrong: FieldError[] = [];
  if (all.length > 2) wrong.push(fieldInvalid(ips, all, 'may only hold up to 2 values'));
  if (new Set(all.map(familyOf)).size < all.length)
    wrong.push(fieldInvalid(ips, all, 'may specify no more than one IP for each IP family'));
  const others = each(ips, all, (ip, at, i) => {
    const family = spec.ipFamilies?.[i];
    return !family || family === `IPv${familyOf(ip)}`
      ? []
      : [fieldInvalid(at, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)];
  });
  return [...wrong, ...others];
}

/** Clients have learnt the address: it stays, and only a detour over ExternalName makes another one of it. */
export function validateAddressChange(spec: Spec, old: Spec): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  if (isHeadless(spec) && isHeadless(old)) return [];
  const [now, before] = [addressesOf(spec), addressesOf(old)];
  const changed = before.flatMap((ip, i) =>
    now[i] === undefined || now[i] === ip
      ? []
      : [fieldInvalid(`${ips}[${i}]`, now, 'may not change once set')],
  );
  return [...changed, ...validateFamilyChange(spec, old)];
}

/** A second one comes and goes; those of a headless Service are changed freely. */
function validateFamilyChange({ ipFamilies = [], ...spec }: Spec, old: Spec): FieldError[] {
  if (isHeadless(spec) || isHeadless(old)) return [];
  return (old.ipFamilies ?? []).flatMap((family, i) =>
    ipFamilies[i] === undefined || ipFamilies[i] === family
      ? []
      : [fieldInvalid('spec.ipFamilies[0]', ipFamilies, 'may not change once set')],
  );
}
