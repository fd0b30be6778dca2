/**
 * Nobody gives away what he does not have: whoever writes a role must hold its rules himself or be allowed to
 * `escalate` it, and whoever binds one must hold its rules or be allowed to `bind` it.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
import { notFound } from '../../api/errors.ts';
import type { Binding } from '../../api/rbac/binding.ts';
import { clusterRoleKind, rbacGroup } from '../../api/rbac/words.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../api/resource.ts';
import type { ClusterRole } from '../../api/types.ts';
import { isSame } from '../../api/validate/checks.ts';
import { compact, describeRule, missingRights, quoted } from '../authz/covers.ts';
import { everything } from '../authz/defaults/words.ts';
import { type ClusterAuthorizer, mastersGroup } from '../authz/index.ts';
import type { PolicyRule } from '../authz/rbac.ts';
import type { AdmissionPlugin, Operation } from './contract.ts';
import { isAbout, refuse } from './operation.ts';

type Authorizer = Pick<ClusterAuthorizer, 'authorize' | 'rulesFor' | 'rulesOf' | 'caughtUp'>;

export interface RbacEscalationDeps {
  authorizer: Authorizer;
}

export function rbacEscalation({ authorizer }: RbacEscalationDeps): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: (operation) =>
      operation.kind.resource.group === rbacGroup &&
      operation.verb !== 'delete' &&
      !operation.user.groups.includes(mastersGroup),
    async admit(operation) {
      await authorizer.caughtUp?.();
      if (isAbout(operation, roles) || isAbout(operation, clusterRoles)) checkRole(authorizer, operation);
      if (isAbout(operation, roleBindings) || isAbout(operation, clusterRoleBindings))
        checkBinding(authorizer, operation);
      return undefined;
    },
  };
}

function checkRole(authorizer: Authorizer, operation: Operation): void {
  const role = operation.object as ClusterRole;
  const old = operation.old as ClusterRole | undefined;
  const saysNothingNew =
    old && isSame(role.rules, old.rules) && isSame(role.aggregationRule, old.aggregationRule);
  if (saysNothingNew || mayEscalate(authorizer, operation)) return;
  checkHeld(authorizer, operation, role.rules ?? []);
  if (!role.aggregationRule && !old?.aggregationRule) return;
  if (missingOf(authorizer, operation, everything).length > 0)
    throw refuse(operation, 'must have cluster-admin privileges to use the aggregationRule');
}

function mayEscalate(authorizer: Authorizer, { user, kind, namespace, object }: Operation): boolean {
  const { group, version, plural } = kind.resource;
  const { name } = object.metadata;
  const resource = { group, version, plural, ...(name && { name }), ...(namespace && { namespace }) };
  return authorizer.authorize({ user, verb: 'escalate', path: '', resource }).allowed;
}

function checkBinding(authorizer: Authorizer, operation: Operation): void {
  const binding = operation.object as Binding;
  const old = operation.old as Binding | undefined;
  if (old && isSame(binding.subjects, old.subjects) && isSame(binding.roleRef, old.roleRef)) return;
  if (mayBind(authorizer, operation, binding)) return;
  checkHeld(authorizer, operation, rulesOf(authorizer, operation, binding));
}

/** Asked in the namespace of the binding, also about a ClusterRole: it may be allowed for one namespace only. */
function mayBind(authorizer: Authorizer, { user, namespace }: Operation, { roleRef }: Binding): boolean {
  const { group, version, plural } = roleRef.kind === clusterRoleKind ? clusterRoles : roles;
  const resource = { group, version, plural, name: roleRef.name, ...(namespace && { namespace }) };
  return authorizer.authorize({ user, verb: 'bind', path: '', resource }).allowed;
}

function rulesOf(authorizer: Authorizer, { namespace }: Operation, { roleRef }: Binding) {
  const rules = authorizer.rulesOf(roleRef, namespace);
  if (!rules) throw notFound(roleRef.kind === clusterRoleKind ? clusterRoles : roles, roleRef.name);
  return rules;
}

function checkHeld(authorizer: Authorizer, operation: Operation, wanted: readonly PolicyRule[]): void {
  const missing = missingOf(authorizer, operation, wanted);
  if (missing.length === 0) return;
  const { name, groups } = operation.user;
  const said = [...new Set(compact(missing).map(describeRule))].sort();
  throw refuse(
    operation,
    `user ${JSON.stringify(name)} (groups=${quoted(groups)}) is attempting to grant RBAC permissions not currently held:\n${said.join('\n')}`,
  );
}

function missingOf(
  authorizer: Authorizer,
  { user, namespace }: Operation,
  wanted: readonly PolicyRule[],
): PolicyRule[] {
  return missingRights(authorizer.rulesFor(user, namespace).rules, wanted);
}
