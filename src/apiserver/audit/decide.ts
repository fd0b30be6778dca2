/** Which rule of a policy a request falls under: the first one that matches. */
import type { Attributes } from '../authz/contract.ts';
import type { AuditPolicy, GroupResources, Level, PolicyRule, Stage } from './policy.ts';

export interface Decision {
  level: Level;
  omitStages: ReadonlySet<Stage>;
  omitManagedFields: boolean;
}

/** What no rule speaks of is not written down. */
export function decide(policy: AuditPolicy, attributes: Attributes): Decision {
  const rule = policy.rules.find((one) => matches(one, attributes));
  return {
    level: rule?.level ?? 'None',
    omitStages: new Set([...(policy.omitStages ?? []), ...(rule?.omitStages ?? [])]),
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields ?? false,
  };
}

/** What a rule leaves out it does not ask for. */
function matches(rule: PolicyRule, { user, verb, resource, path }: Attributes): boolean {
  const { users = [], userGroups = [], verbs = [] } = rule;
  if (users.length > 0 && !users.includes(user.name)) return false;
  if (userGroups.length > 0 && !userGroups.some((group) => user.groups.includes(group))) return false;
  if (verbs.length > 0 && !verbs.includes(verb)) return false;
  const { namespaces = [], resources = [], nonResourceURLs = [] } = rule;
  if (namespaces.length + resources.length > 0)
    return resource !== undefined && matchesResource(namespaces, resources, resource);
  if (nonResourceURLs.length > 0)
    return resource === undefined && nonResourceURLs.some((url) => matchesPath(url, path));
  return true;
}

type Target = NonNullable<Attributes['resource']>;

const matchesResource = (
  namespaces: readonly string[],
  resources: readonly GroupResources[],
  target: Target,
): boolean =>
  (namespaces.length === 0 || namespaces.includes(target.namespace ?? '')) &&
  (resources.length === 0 || resources.some((one) => matchesGroup(one, target)));

function matchesGroup(
  { group = '', resources = [], resourceNames = [] }: GroupResources,
  target: Target,
): boolean {
  if (group !== target.group) return false;
  if (resources.length === 0) return true;
  if (resourceNames.length > 0 && !resourceNames.includes(target.name ?? '')) return false;
  const { plural, subresource } = target;
  const names = ['*', subresource ? `${plural}/${subresource}` : plural, `${plural}/*`];
  if (subresource) names.push(`*/${subresource}`);
  return resources.some((resource) => names.includes(resource));
}

const matchesPath = (url: string, path: string): boolean =>
  url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)));
