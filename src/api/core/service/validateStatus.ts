/** What a load balancer may say of a Service: https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-ip-mode */
import { isAddress } from '../../../lib/ip.ts';
import { type FieldError, fieldForbidden, fieldInvalid } from '../../errors.ts';
import { isDnsSubdomain } from '../../names.ts';
import type { Service } from '../../types.ts';
import { because, each, isIP, isSame, oneOf, optional } from '../../validate/checks.ts';

const at = 'status.loadBalancer.ingress';

type Ingress = NonNullable<NonNullable<NonNullable<Service['status']>['loadBalancer']>['ingress']>[number];

/** An older status that was good once stays good while nobody changes it. */
export function validateServiceStatus(now: Service, old: Service): FieldError[] {
  const ingress = now.status?.loadBalancer?.ingress ?? [];
  if (ingress.length === 0 || isSame(ingress, old.status?.loadBalancer?.ingress)) return [];
  const wrong = each(at, ingress, validateIngress);
  return now.spec?.type === 'LoadBalancer'
    ? wrong
    : [fieldForbidden(at, "may only be used when `spec.type` is 'LoadBalancer'"), ...wrong];
}

function validateIngress({ ip, hostname, ipMode }: Ingress, field: string): FieldError[] {
  return [
    ...optional(`${field}.ip`, ip, isIP),
    ...validateMode(`${field}.ipMode`, ip, ipMode),
    ...(hostname && isAddress(hostname)
      ? [fieldInvalid(`${field}.hostname`, hostname, 'must be a DNS name, not an IP address')]
      : hostname
        ? because(`${field}.hostname`, hostname, isDnsSubdomain(hostname))
        : []),
  ];
}

function validateMode(field: string, ip: string | undefined, mode: string | undefined): FieldError[] {
  if (mode === undefined) return [];
  if (!ip) return [fieldForbidden(field, 'may not be specified when `ip` is not set')];
  return oneOf(field, mode, ['VIP', 'Proxy']);
}
