/** Who has the default roles from the beginning. */
import { clusterRoleKind, rbacGroup } from '../../../api/rbac/words.ts';
import type { ClusterRoleBinding, Subject } from '../../../api/types.ts';
import { authenticatedGroup, unauthenticatedGroup } from '../../authn/groups.ts';

export const user = (name: string): Subject => ({ kind: 'User', apiGroup: rbacGroup, name });
const group = (name: string): Subject => ({ kind: 'Group', apiGroup: rbacGroup, name });
export const serviceAccount = (namespace: string, name: string): Subject => ({
  kind: 'ServiceAccount',
  name,
  namespace,
});

const bind = (name: string, role: string, ...subjects: Subject[]): ClusterRoleBinding => ({
  metadata: { name },
  roleRef: { apiGroup: rbacGroup, kind: clusterRoleKind, name: role },
  ...(subjects.length > 0 && { subjects }),
});
/** A binding of the same name. */
const give = (role: string, ...subjects: Subject[]) => bind(role, role, ...subjects);

const csr = (part: string) => `system:certificates.k8s.io:certificatesigningrequests:${part}`;
/** Under the names that kubeadm gives to group and bindings. */
const joining = group('system:bootstrappers:kubeadm:default-node-token');
const everybodyKnown = group(authenticatedGroup);

export const clusterBindings: ClusterRoleBinding[] = [
  give('cluster-admin', group('system:masters')),
  give('system:monitoring', group('system:monitoring')),
  give('system:discovery', everybodyKnown),
  give('system:basic-user', everybodyKnown),
  give('system:public-info-viewer', everybodyKnown, group(unauthenticatedGroup)),
  give('system:service-account-issuer-discovery', group('system:serviceaccounts')),
  give('system:node-proxier', user('system:kube-proxy')),
  give('system:kube-controller-manager', user('system:kube-controller-manager')),
  give('system:kube-dns', serviceAccount('kube-system', 'kube-dns')),
  give('system:kube-scheduler', user('system:kube-scheduler')),
  give('system:volume-scheduler', user('system:kube-scheduler')),
  give('system:node'),
  give('system:coredns', serviceAccount('kube-system', 'coredns')),
  give('system:switchboard:network', group('system:switchboard:network')),
  // The API server when it asks a kubelet for logs and streams; the kubelet asks back whether it may.
  bind(
    'system:switchboard:kubelet-client',
    'system:kubelet-api-admin',
    user('kube-apiserver-kubelet-client'),
  ),
  // Certificates that need no person to approve them, and first ones of nodes that join with a bootstrap token.
  bind('kubeadm:node-autoapprove-certificate-rotation', csr('selfnodeclient'), group('system:nodes')),
  bind('kubeadm:node-autoapprove-bootstrap', csr('nodeclient'), joining),
  bind('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', joining),
  give('system:switchboard:certificatesigningrequests:selfnodeserver', group('system:nodes')),
  give('system:switchboard:certificatesigningrequests:selfclient', group('system:switchboard:network')),
];
