/**
 * Roles and bindings, found by whom they are for: a decision looks at the bindings of one user and of the
 * groups that he is in, in one namespace and for the whole cluster, however many others there are.
 */

import type { Binding } from '../../api/rbac/binding.ts';
import { clusterRoleKind, roleKind } from '../../api/rbac/words.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../api/resource.ts';
import type { KubeObject, Subject } from '../../api/types.ts';
import { serviceAccountUserName } from '../authn/groups.ts';
import type { User } from '../contract.ts';
import { prefixOf } from '../object/keys.ts';
import type { Follower } from './follow.ts';
import type { Grant, GrantSource, PolicyRule } from './rbac.ts';

type RoleLike = KubeObject & { rules?: readonly PolicyRule[] };

export interface RoleIndex extends Follower {
  readonly grants: GrantSource;
  /** What the role allows that a binding in this namespace (none: for the cluster) names; undefined if there is no such role. */
  rulesOf(roleRef: Binding['roleRef'], namespace: string | undefined): readonly PolicyRule[] | undefined;
}

/** The grants of one scope (a namespace, or the cluster), by subject and then by binding. */
type Scope = Map<string, Map<string, Grant>>;

export function roleIndex(): RoleIndex {
  const rules = new Map<string, readonly PolicyRule[]>();
  const bindings = new Map<string, Binding>();
  const scopes = new Map<string, Scope>();

  function unbind(key: string): void {
    const binding = bindings.get(key);
    if (!binding) return;
    bindings.delete(key);
    const namespace = binding.metadata.namespace ?? '';
    const scope = scopes.get(namespace);
    for (const subject of binding.subjects ?? []) {
      const subjectKey = keyOfSubject(subject, namespace);
      const grants = scope?.get(subjectKey);
      grants?.delete(key);
      if (grants?.size === 0) scope?.delete(subjectKey);
    }
    if (scope?.size === 0) scopes.delete(namespace);
  }

  function bind(key: string, binding: Binding): void {
    bindings.set(key, binding);
    const namespace = binding.metadata.namespace ?? '';
    const role = keyOfRole(binding.roleRef, namespace);
    for (const subject of binding.subjects ?? []) {
      const scope = within(scopes, namespace, () => new Map());
      within(scope, keyOfSubject(subject, namespace), () => new Map<string, Grant>()).set(key, {
        by: `${describeBinding(binding)} to ${describeSubject(subject, namespace)}`,
        // The role may come, change and go after its binding.
        get rules() {
          return rules.get(role) ?? [];
        },
      });
    }
  }

  return {
    prefixes: [clusterRoles, clusterRoleBindings, roles, roleBindings].map((kind) => prefixOf(kind)),
    *grants(user, namespace) {
      yield* grantsIn(scopes.get(''), user);
      if (namespace) yield* grantsIn(scopes.get(namespace), user);
    },
    rulesOf: (roleRef, namespace) => rules.get(keyOfRole(roleRef, namespace)),
    set(object) {
      const key = keyOfObject(object);
      if (isBinding(object)) {
        unbind(key);
        bind(key, object);
      } else rules.set(key, (object as RoleLike).rules ?? []);
    },
    remove(object) {
      const key = keyOfObject(object);
      if (isBinding(object)) unbind(key);
      else rules.delete(key);
    },
    clear() {
      rules.clear();
      bindings.clear();
      scopes.clear();
    },
  };
}

function* grantsIn(scope: Scope | undefined, user: User): Generator<Grant> {
  if (!scope) return;
  yield* scope.get(`User ${user.name}`)?.values() ?? [];
  for (const group of user.groups) yield* scope.get(`Group ${group}`)?.values() ?? [];
}

function within<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const isBinding = (object: KubeObject): object is Binding => 'roleRef' in object;

const keyOfObject = ({ kind, metadata }: KubeObject): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** A role for the whole cluster may also be given in a namespace. */
const keyOfRole = ({ kind, name }: Binding['roleRef'], namespace = ''): string =>
  kind === roleKind ? `${roleKind} ${namespace}/${name}` : `${clusterRoleKind} /${name}`;

/** A service account is a user too, and in the namespace of its binding unless it says otherwise. */
const keyOfSubject = ({ kind, name, namespace }: Subject, ofBinding: string): string =>
  kind === 'ServiceAccount'
    ? `User ${serviceAccountUserName(namespace || ofBinding, name)}`
    : `${kind} ${name}`;

const describeBinding = ({ kind, metadata, roleRef }: Binding): string => {
  const { name, namespace } = metadata;
  return `${kind} "${namespace ? `${name}/${namespace}` : name}" of ${roleRef.kind} "${roleRef.name}"`;
};

const describeSubject = ({ kind, name, namespace }: Subject, ofBinding: string): string =>
  kind === 'ServiceAccount' ? `${kind} "${name}/${namespace || ofBinding}"` : `${kind} "${name}"`;
