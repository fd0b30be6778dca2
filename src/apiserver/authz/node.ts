/**
 * What a kubelet may do: read what its pods need, write what is its own. Rules can name a kubelet's own
 * Node and Lease; that a pod is bound to the node only its object tells, so that is looked at in
 * admission (`../admission/nodeRestriction.ts`).
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
import type { User } from '../contract.ts';
import type { Grant } from './rbac.ts';

const prefix = 'system:node:';

/** The node that this user is the kubelet of, if it is one. */
export function nodeNameOf(user: User): string | undefined {
  if (!user.name.startsWith(prefix) || !user.groups.includes('system:nodes')) return undefined;
  return user.name.slice(prefix.length) || undefined;
}

export function* nodeGrants(user: User): Generator<Grant> {
  const nodeName = nodeNameOf(user);
  if (nodeName === undefined) return;
  const subjects = [{ kind: 'User' as const, name: user.name }];
  yield {
    role: 'ClusterRole "system:node"',
    subjects,
    rules: [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['pods', 'services', 'namespaces', 'configmaps', 'secrets', 'serviceaccounts'],
      },
      { verbs: ['get', 'list', 'watch'], apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
      // A list or watch of one node carries no name, so the kind is readable as a whole.
      { verbs: ['create', 'get', 'list', 'watch'], apiGroups: [''], resources: ['nodes'] },
      {
        verbs: ['update', 'patch'],
        apiGroups: [''],
        resources: ['nodes', 'nodes/status'],
        resourceNames: [nodeName],
      },
      { verbs: ['get', 'update', 'patch'], apiGroups: [''], resources: ['pods/status'] },
      { verbs: ['delete'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['create', 'update', 'patch'], apiGroups: ['', 'events.k8s.io'], resources: ['events'] },
      { verbs: ['create'], apiGroups: [''], resources: ['serviceaccounts/token'] },
      { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['subjectaccessreviews', 'localsubjectaccessreviews'],
      },
    ],
  };
  yield {
    role: 'Role "system:node-lease"',
    subjects,
    namespace: 'kube-node-lease',
    rules: [
      { verbs: ['create'], apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
      {
        verbs: ['get', 'update', 'patch', 'delete'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: [nodeName],
      },
    ],
  };
}
