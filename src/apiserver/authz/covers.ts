/**
 * Which rights of some rules another set of rules does not contain. Nobody may give rights that he does not
 * have himself.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
import { matchesPath, type PolicyRule } from './rbac.ts';

/** The part of `wanted` that no single rule of `held` covers, one verb, group, resource and name each. */
export const missingRights = (held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] =>
  wanted.flatMap(singleRights).filter((right) => !held.some((rule) => covers(rule, right)));

function singleRights({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): PolicyRule[] {
  const names = resourceNames.length > 0 ? resourceNames.map((name) => [name]) : [undefined];
  return verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((resourceNames) => ({
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          ...(resourceNames && { resourceNames }),
        })),
      ),
    ),
    ...nonResourceURLs.map((url) => ({ verbs: [verb], nonResourceURLs: [url] })),
  ]);
}

function covers(rule: PolicyRule, right: PolicyRule): boolean {
  if (!contains(rule.verbs, right.verbs)) return false;
  if (right.nonResourceURLs)
    return right.nonResourceURLs.every((url) =>
      (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, url)),
    );
  return (
    contains(rule.apiGroups, right.apiGroups) &&
    (right.resources ?? []).every((resource) => containsResource(rule.resources, resource)) &&
    (!rule.resourceNames?.length ||
      (right.resourceNames?.every((name) => rule.resourceNames?.includes(name)) ?? false))
  );
}

const contains = (held: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  held.includes('*') || wanted.every((value) => held.includes(value));

function containsResource(held: readonly string[] = [], resource: string): boolean {
  if (contains(held, [resource])) return true;
  const [, subresource] = resource.split('/');
  return subresource !== undefined && held.includes(`*/${subresource}`);
}

/** Rights that differ in nothing but their verb as one rule. */
export function compact(rights: readonly PolicyRule[]): PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const right of rights) {
    const { verbs, ...what } = right;
    const key = JSON.stringify([what.apiGroups, what.resources, what.resourceNames, what.nonResourceURLs]);
    const known = rules.get(key);
    rules.set(key, known ? { ...known, verbs: [...new Set([...known.verbs, ...verbs])] } : right);
  }
  return [...rules.values()];
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}` */
export function describeRule(rule: PolicyRule): string {
  const parts = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ] as const;
  return `{${parts.flatMap(([name, values]) => (values?.length ? [`${name}:${quoted(values)}`] : [])).join(', ')}}`;
}

/** `["a" "b"]` */
export const quoted = (values: readonly string[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
