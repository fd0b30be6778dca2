import { namespaces } from '../../api/resource.ts';
import type { AdmissionPlugin } from './contract.ts';
import { isAbout } from './operation.ts';

const nameLabel = 'kubernetes.io/metadata.name';

/**
 * Namespaces can be selected by name: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
 * `kube-system` also has the label `name: kube-system`, by which many published NetworkPolicies select it.
 */
export const namespaceLabels: AdmissionPlugin = {
  name: 'NamespaceLabels',
  handles: (operation) => operation.verb !== 'delete' && isAbout(operation, namespaces),
  admit({ object: { metadata } }) {
    const extra = metadata.name === 'kube-system' ? { name: 'kube-system' } : {};
    metadata.labels = { ...extra, ...metadata.labels, [nameLabel]: metadata.name };
    return undefined;
  },
};
