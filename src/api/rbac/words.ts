/** Words of role-based access control that objects, and who reads them, share. */
export const rbacGroup = 'rbac.authorization.k8s.io';

export const clusterRoleKind = 'ClusterRole';
export const roleKind = 'Role';

/** On a default role or binding: `"false"` keeps it from being completed again when the control plane starts. */
export const autoUpdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate';
/** Marks what the cluster began with. */
export const bootstrapLabel = 'kubernetes.io/bootstrapping';
