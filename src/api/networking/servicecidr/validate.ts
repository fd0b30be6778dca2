/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/service-cidr-v1/ */
import { familyOf } from '../../../lib/ip.ts';
import { type FieldError, fieldInvalid, fieldRequired } from '../../errors.ts';
import type { ServiceCIDR } from '../../types.ts';
import { because, each, immutable, isCidr } from '../../validate/checks.ts';

export function validateServiceCIDR({ spec }: ServiceCIDR): FieldError[] {
  const { cidrs = [] } = spec ?? {};
  const field = 'spec.cidrs';
  if (cidrs.length === 0) return [fieldRequired(field, 'at least one CIDR required')];
  if (cidrs.length > 2) return [fieldInvalid(field, cidrs, 'may only hold up to 2 values')];
  const wrong = each(field, cidrs, (cidr, at) => because(at, cidr, isCidr(cidr)));
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

export const validateServiceCIDRUpdate = (now: ServiceCIDR, old: ServiceCIDR): FieldError[] =>
  immutable('spec.cidrs', now.spec?.cidrs, old.spec?.cidrs);
