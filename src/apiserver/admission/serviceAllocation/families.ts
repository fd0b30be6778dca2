/**
 * Which IP families a Service has: what the client said in `ipFamilyPolicy`, `ipFamilies` and `clusterIPs`,
 * completed so that the three agree.
 * https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services
 */
import { type FieldError, fieldDuplicate, fieldInvalid } from '../../../api/errors.ts';
import { isAddress } from '../../../lib/ip.ts';
import { sameList } from './carryOver.ts';
import { isHeadless, needsClusterIP, type ServiceSpec } from './needs.ts';
import { type IPFamily, ipFamilyOf } from './ranges.ts';

/** Fills the fields in place; `configured` are the cluster's families, its default first. */
export function fillFamilies(
  spec: ServiceSpec,
  old: ServiceSpec | undefined,
  configured: readonly IPFamily[],
): FieldError[] {
  if (!needsClusterIP(spec)) return [];
  if (!spec.clusterIPs?.length && spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  const selectorless = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (selectorless ? 'RequireDualStack' : 'SingleStack');

  const malformed = checkClusterIPs(spec);
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

/** What a given address must be for anything else to be said about it. */
function checkClusterIPs({ clusterIP, clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  if (clusterIPs.length === 0) return [];
  const at = (i: number) => `spec.clusterIPs[${i}]`;
  if (clusterIPs[0] !== clusterIP)
    return [fieldInvalid(at(0), clusterIPs, 'first value must match `clusterIP`')];
  if (clusterIPs.includes('None'))
    return clusterIPs.length === 1
      ? []
      : [fieldInvalid(at(0), clusterIPs, "'None' must be the first and only value")];
  const wrong = clusterIPs.flatMap((ip, i) => {
    if (!isAddress(ip))
      return [fieldInvalid(at(i), ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
    const family = ipFamilies[i];
    if (family && ipFamilyOf(ip) !== family)
      return [fieldInvalid(at(i), ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)];
    return [];
  });
  if (wrong.length > 0) return wrong;
  if (new Set(clusterIPs.map(ipFamilyOf)).size < clusterIPs.length)
    return [
      fieldInvalid('spec.clusterIPs', clusterIPs, 'may specify no more than one IP for each IP family'),
    ];
  return [];
}

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
    ...ipFamilies.flatMap((family, i) => {
      if (!known.includes(family))
        return [fieldInvalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster')];
      return ipFamilies.indexOf(family) < i ? [fieldDuplicate(`spec.ipFamilies[${i}]`, family)] : [];
    }),
  ];
}

/** A Service keeps its address for life: only a detour over ExternalName makes another one of it. */
export function clusterIPChanges(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (!needsClusterIP(spec) || !needsClusterIP(old)) return [];
  const { clusterIPs = [] } = spec;
  return (old.clusterIPs ?? []).flatMap((ip, i) =>
    clusterIPs[i] === undefined || clusterIPs[i] === ip
      ? []
      : [fieldInvalid(`spec.clusterIPs[${i}]`, clusterIPs, 'may not change once set')],
  );
}
