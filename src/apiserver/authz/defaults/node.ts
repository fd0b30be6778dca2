/** What every kubelet does; `../node.ts` narrows it to its own node and its own pods. */
import type { PolicyRule } from '../../../api/types.ts';
import { create, read, rule, writeEvents } from './words.ts';

export const nodeRules: PolicyRule[] = [
  create('authentication.k8s.io', 'tokenreviews'),
  create('authorization.k8s.io', 'localsubjectaccessreviews', 'subjectaccessreviews'),
  read('', 'services'),
  rule('create get list watch', '', 'nodes'),
  rule('patch update', '', 'nodes', 'nodes/status'),
  writeEvents,
  read('', 'pods'),
  rule('create delete', '', 'pods'),
  rule('get patch update', '', 'pods/status'),
  create('', 'pods/eviction'),
  read('', 'configmaps', 'secrets', 'persistentvolumeclaims', 'persistentvolumes', 'serviceaccounts'),
  rule('get patch update', '', 'persistentvolumeclaims/status'),
  // Its own directories only, and of those the finalizer: NodeRestriction sees to that.
  rule('patch', '', 'persistentvolumes'),
  create('', 'serviceaccounts/token'),
  rule('get', '', 'endpoints'),
  rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
  rule('create delete get patch update', 'coordination.k8s.io', 'leases'),
  rule('get', 'storage.k8s.io', 'volumeattachments'),
  read('storage.k8s.io', 'csidrivers'),
  rule('create delete get patch update', 'storage.k8s.io', 'csinodes'),
  read('node.k8s.io', 'runtimeclasses'),
];
