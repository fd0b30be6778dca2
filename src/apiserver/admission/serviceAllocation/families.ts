/**
 * Which IP families a Service has: what the client said in `ipFamilyPolicy`, `ipFamilies` and `clusterIPs`,
 * completed so that the three agree.
 * https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services
 */
import { validateAddresses } from '../../../api/core/service/validateAddresses.ts';
import { type FieldError, fieldInvalid } from '../../../api/errors.ts';
import { sameList } from './carryOver.ts';
import { isHeadless, needsClusterIP, type ServiceSpec } from './needs.ts';
import { type IPFamily, ipFamilyOf } from './ranges.ts';

/** Fills the fields in place; `configured` are the cluster's families, its default first. */
export function fillFamilies(
  spec: ServiceSpec,
  old: ServiceSpec | undefined,
  configured: readonly IPFamily[],
): FieldError[] {
  if (!needsClusterIP(spec) || isSettled(spec, old)) return [];
  if (!spec.clusterIPs?.length && spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  const selectorless = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (selectorless ? 'RequireDualStack' : 'SingleStack');

  const malformed = validateAddresses(spec);
  if (malformed.length > 0) return malformed;
  const reduced = old && needsClusterIP(old) ? reduce(spec, old) : [];
  const wrong = [...reduced, ...checkPolicy(spec), ...inferFamilies(spec, configured)];
  if (wrong.length > 0) return wrong;

  // Whoever writes the endpoints of such a Service may have families that the cluster has not.
  const known: readonly string[] = selectorless ? ['IPv4', 'IPv6'] : configured;
  const unknown = checkConfigured(spec, known);
  if (unknown.length > 0) return unknown;
  const families = spec.ipFamilies?.length ? spec.ipFamilies : configured.slice(0, 1);
  const missing = known.filter((family) => !families.includes(family));
  spec.ipFamilies = spec.ipFamilyPolicy === 'SingleStack' ? [...families] : [...families, ...missing];
  return [];
}

/**
 * A Service that prefers two families keeps what it got when it was made, also when the cluster has got a
 * second family since, or lost it: only who changes one of these fields asks again.
 */
const isSettled = (spec: ServiceSpec, old: ServiceSpec | undefined): boolean =>
  old !== undefined &&
  spec.type === old.type &&
  [spec, old].every(({ ipFamilyPolicy }) => ipFamilyPolicy === 'PreferDualStack') &&
  sameList(spec.clusterIPs, old.clusterIPs) &&
  sameList(spec.ipFamilies, old.ipFamilies);

/** Going back to one family: setting the policy alone is enough, and only with it may a family go. */
function reduce(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (sameList(clusterIPs, old.clusterIPs)) spec.clusterIPs = clusterIPs.slice(0, 1);
    if (sameList(ipFamilies, old.ipFamilies)) spec.ipFamilies = ipFamilies.slice(0, 1);
    return [];
  }
  const release = (what: string) =>
    fieldInvalid(
      'spec.ipFamilyPolicy',
      spec.ipFamilyPolicy,
      `must be 'SingleStack' to release the secondary ${what}`,
    );
  const shorter = (now: string[], before: string[] = []) => now.length > 0 && now.length < before.length;
  return [
    ...(shorter(clusterIPs, old.clusterIPs) ? [release('cluster IP')] : []),
    ...(shorter(ipFamilies, old.ipFamilies) ? [release('IP family')] : []),
  ];
}

function checkPolicy({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const many = (what: string) =>
    fieldInvalid(
      'spec.ipFamilyPolicy',
      ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  return [
    ...(clusterIPs.length > 1 ? [many('cluster IPs')] : []),
    ...(ipFamilies.length > 1 ? [many('IP families')] : []),
  ];
}

/** An address says its family itself. */
function inferFamilies(spec: ServiceSpec, configured: readonly IPFamily[]): FieldError[] {
  if (isHeadless(spec)) return [];
  const { clusterIPs = [], ipFamilies = [] } = spec;
  const inferred = clusterIPs.slice(ipFamilies.length).map(ipFamilyOf);
  const wrong = inferred
    .filter((family) => !configured.includes(family))
    .map((family) =>
      fieldInvalid(
        `spec.clusterIPs[${ipFamilies.length}]`,
        clusterIPs,
        `${family} is not configured on this cluster`,
      ),
    );
  if (wrong.length === 0 && inferred.length > 0) spec.ipFamilies = [...ipFamilies, ...inferred];
  return wrong;
}

function checkConfigured(
  { ipFamilyPolicy, ipFamilies = [] }: ServiceSpec,
  known: readonly string[],
): FieldError[] {
  return [
    ...(ipFamilyPolicy === 'RequireDualStack' && known.length < 2
      ? [
          fieldInvalid(
            'spec.ipFamilyPolicy',
            ipFamilyPolicy,
            'this cluster is not configured for dual-stack services',
          ),
        ]
      : []),
    ...ipFamilies.flatMap((family, i) =>
      known.includes(family)
        ? []
        : [fieldInvalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster')],
    ),
  ];
}
