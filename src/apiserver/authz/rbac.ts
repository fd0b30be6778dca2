/**
 * Role-based access control as a pure function: rules × attributes → decision. Where grants come from
 * (the default policy, a node's own name, role objects) is a list of sources; each only adds.
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

export interface Subject {
  kind: 'User' | 'Group' | 'ServiceAccount';
  name: string;
  /** Of a service account. */
  namespace?: string;
}

/** Rules given to somebody: a role and its binding in one. */
export interface Grant {
  /** `ClusterRole "system:discovery"`: says in access reviews why something is allowed. */
  role: string;
  subjects: readonly Subject[];
  /** The rules hold in this namespace only; absent: everywhere. */
  namespace?: string;
  rules: readonly PolicyRule[];
}

/** The grants that may concern this user; the evaluator still compares subjects and namespaces. */
export type GrantSource = (user: User) => Iterable<Grant>;

export interface RbacAuthorizer extends Authorizer {
  /** Everything that the user may do in the namespace, for SelfSubjectRulesReview. */
  rulesFor(user: User, namespace: string): PolicyRule[];
}

export function createAuthorizer(sources: readonly GrantSource[]): RbacAuthorizer {
  function* grantsOf(user: User, namespace: string | undefined): Generator<[Grant, Subject]> {
    for (const source of sources) {
      for (const grant of source(user)) {
        if (grant.namespace !== undefined && grant.namespace !== namespace) continue;
        const subject = grant.subjects.find((s) => isSubject(user, s));
        if (subject) yield [grant, subject];
      }
    }
  }
  return {
    authorize(attributes) {
      for (const [grant, subject] of grantsOf(attributes.user, attributes.resource?.namespace)) {
        if (grant.rules.some((rule) => ruleAllows(rule, attributes))) {
          return { allowed: true, reason: `RBAC: allowed by ${grant.role} to ${describe(subject)}` };
        }
      }
      return { allowed: false, reason: refusalOf(attributes) };
    },
    rulesFor(user, namespace) {
      return [...grantsOf(user, namespace)].flatMap(([grant]) => grant.rules);
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

export function isSubject(user: User, { kind, name, namespace }: Subject): boolean {
  if (kind === 'Group') return user.groups.includes(name);
  return user.name === (kind === 'User' ? name : `system:serviceaccount:${namespace}:${name}`);
}

const includes = (list: readonly string[] | undefined, value: string) =>
  list !== undefined && (list.includes('*') || list.includes(value));

function matchesResource(resources: readonly string[] = [], plural: string, subresource?: string): boolean {
  if (includes(resources, subresource ? `${plural}/${subresource}` : plural)) return true;
  return subresource !== undefined && resources.includes(`*/${subresource}`);
}

const matchesPath = (pattern: string, path: string) =>
  pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));

const describe = ({ kind, name, namespace }: Subject) =>
  `${kind} "${namespace ? `${namespace}/` : ''}${name}"`;
