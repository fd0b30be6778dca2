/** What a pod violates of a level as it was in a version of Kubernetes. */
import type { Container, ObjectMeta, PodSpec } from '../../../api/types.ts';
import { baselineChecks } from './baseline.ts';
import type { Check, Level, Minor, Subject } from './contract.ts';
import { restrictedChecks } from './restricted.ts';

export interface Policy {
  level: Level;
  minor: Minor;
  /** As it stands in the label: `latest`, `v1.25`. */
  version: string;
}

export const describe = ({ level, version }: Policy): string => `${level}:${version}`;

/** `privileged (container "c" must not …), runAsNonRoot != true (…)`; empty when nothing is violated. */
export function violations(
  policy: Policy,
  spec: PodSpec,
  metadata?: ObjectMeta,
): { reasons: string[]; details: string[] } {
  const containers: Container[] = [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ];
  const subject: Subject = { metadata, spec, containers };
  const found = checksOf(policy).flatMap((one) => one.check(subject, policy.minor) ?? []);
  return {
    reasons: found.map(({ reason }) => reason),
    details: found.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)),
  };
}

/** In the order of their names within a level; a stricter check takes the place of the milder one. */
function checksOf({ level, minor }: Policy): Check[] {
  if (level === 'privileged') return [];
  const isThere = ({ since = 0 }: Check) => minor >= since;
  const baseline = baselineChecks.filter(isThere);
  if (level === 'baseline') return baseline;
  const restricted = restrictedChecks.filter(isThere);
  const replaced = new Set(restricted.map(({ id }) => id));
  return [...baseline.filter(({ replacedBy }) => !replacedBy || !replaced.has(replacedBy)), ...restricted];
}
