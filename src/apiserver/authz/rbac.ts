/**
 * Role-based access control as a pure function: rules × attributes → decision. Where grants come from
 * (role objects, a node's own name) is a list of sources; each only adds.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
import type { User } from '../contract.ts';
import type { Attributes, Authorizer } from './contract.ts';

/** `rbac.authorization.k8s.io/v1.PolicyRule`: what may be done. */
export interface PolicyRule {
  verbs: readonly string[];
  apiGroups?: readonly string[];
  /** `pods`, `pods/log`, a subresource of every resource by `*` + `/scale`, or `*`. */
  resources?: readonly string[];
  /** Only these objects; absent: all. */
  resourceNames?: readonly string[];
  /** `/healthz`, or `/apis/*` for all that begins so. */
  nonResourceURLs?: readonly string[];
}

/** Rules that a user has been given. */
export interface Grant {
  /** `ClusterRoleBinding "b" of ClusterRole "r" to Group "g"`: says in access reviews why something is allowed. */
  readonly by: string;
  readonly rules: readonly PolicyRule[];
}

/** What the user has been given everywhere and, where there is one, in this namespace. */
export type GrantSource = (user: User, namespace: string | undefined) => Iterable<Grant>;

export interface Rules {
  rules: PolicyRule[];
  /** There is more that they may do, which rules cannot say. */
  incomplete: boolean;
}

export interface RbacAuthorizer extends Authorizer {
  /** Everything that the user may do in the namespace, or everywhere without one: for reviews and escalation checks. */
  rulesFor(user: User, namespace: string | undefined): Rules;
}

export function createAuthorizer(sources: readonly GrantSource[]): RbacAuthorizer {
  return {
    authorize(attributes) {
      for (const source of sources)
        for (const { by, rules } of source(attributes.user, attributes.resource?.namespace))
          if (rules.some((rule) => ruleAllows(rule, attributes)))
            return { allowed: true, reason: `RBAC: allowed by ${by}` };
      return { allowed: false, reason: refusalOf(attributes) };
    },
    rulesFor(user, namespace) {
      const grants = sources.flatMap((source) => [...source(user, namespace)]);
      return { rules: grants.flatMap(({ rules }) => rules), incomplete: false };
    },
  };
}

/** Whether one rule allows the request; scope and subject are not its business. */
export function ruleAllows(rule: PolicyRule, { verb, resource, path }: Attributes): boolean {
  if (!includes(rule.verbs, verb)) return false;
  if (!resource) return rule.nonResourceURLs?.some((pattern) => matchesPath(pattern, path)) ?? false;
  return (
    includes(rule.apiGroups, resource.group) &&
    matchesResource(rule.resources, resource.plural, resource.subresource) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(resource.name ?? ''))
  );
}

/** Why not, in Kubernetes' words: `User "x" cannot list resource "pods" in API group "" in the namespace "default"`. */
export function refusalOf({ user, verb, resource, path }: Attributes): string {
  if (!resource) return `User "${user.name}" cannot ${verb} path "${path}"`;
  const name = resource.subresource ? `${resource.plural}/${resource.subresource}` : resource.plural;
  const scope = resource.namespace ? `in the namespace "${resource.namespace}"` : 'at the cluster scope';
  return `User "${user.name}" cannot ${verb} resource "${name}" in API group "${resource.group}" ${scope}`;
}

const includes = (list: readonly string[] | undefined, value: string) =>
  list !== undefined && (list.includes('*') || list.includes(value));

function matchesResource(resources: readonly string[] = [], plural: string, subresource?: string): boolean {
  if (includes(resources, subresource ? `${plural}/${subresource}` : plural)) return true;
  return subresource !== undefined && resources.includes(`*/${subresource}`);
}

export const matchesPath = (pattern: string, path: string): boolean =>
  pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
