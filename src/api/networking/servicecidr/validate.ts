/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/service-cidr-v1/ */
import { familyOf, formatCidr, parseCidr } from '../../../lib/ip.ts';
import { type FieldError, fieldInvalid, fieldRequired } from '../../errors.ts';
import type { ServiceCIDR } from '../../types.ts';
import { because, each, immutable, isCidr } from '../../validate/checks.ts';

export function validateServiceCIDR({ spec }: ServiceCIDR): FieldError[] {
  const { cidrs = [] } = spec ?? {};
  const field = 'spec.cidrs';
  if (cidrs.length === 0) return [fieldRequired(field, 'at least one CIDR required')];
  if (cidrs.length > 2) return [fieldInvalid(field, cidrs, 'may only hold up to 2 values')];
  const wrong = each(field, cidrs, (cidr, at) => because(at, cidr, isRange(cidr)));
  if (wrong.length > 0) return wrong;
  const [first = '', second] = cidrs;
  return second !== undefined && familyOf(first) === familyOf(second)
    ? [
        fieldInvalid(
          field,
          cidrs,
          'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96',
        ),
      ]
    : [];
}

/** Below it a range is longer than its addresses can be counted. */
const SHORTEST_IPV6_PREFIX = 64;

function isRange(text: string): string[] {
  const wrong = isCidr(text);
  if (wrong.length > 0) return wrong;
  const range = parseCidr(text);
  if (range.family === 6 && range.prefix < SHORTEST_IPV6_PREFIX)
    return [
      `shortest allowed prefix length for service CIDR is ${SHORTEST_IPV6_PREFIX}, got ${range.prefix}`,
    ];
  return formatCidr(range) === text ? [] : [`must be in canonical form ("${formatCidr(range)}")`];
}

/** A second family may be added, for a cluster that becomes dual-stack. */
export function validateServiceCIDRUpdate(now: ServiceCIDR, old: ServiceCIDR): FieldError[] {
  const [before, after] = [old.spec?.cidrs ?? [], now.spec?.cidrs ?? []];
  if (before.length === 1 && after.length === 2) return immutable('spec.cidrs[0]', after[0], before[0]);
  return immutable('spec.cidrs', after, before);
}
